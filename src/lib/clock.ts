/** The present moment. Decision code takes one of these instead of asking the machine. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();
