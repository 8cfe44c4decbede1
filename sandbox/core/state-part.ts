/** A piece of the sandbox that goes into snapshots. What `save` gives survives JSON and is what `load` takes. */
export interface StatePart {
  readonly name: string;
  save(): unknown;
  load(state: unknown): void | Promise<void>;
}
