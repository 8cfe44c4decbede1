/** An item that cannot be stored. `message` names the member at fault and holds no private text. */
export class ItemFault extends Error {}
