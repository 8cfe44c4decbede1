export interface Violation {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly rule: string;
  readonly detail: string;
}

/** What clients did that the contract does not allow; a test can demand that it stays empty. */
export class Violations {
  #list: Violation[] = [];

  add(violation: Violation): void {
    if (this.#list.length < 1000) this.#list.push(violation);
  }

  list(): readonly Violation[] {
    return this.#list;
  }

  clear(): void {
    this.#list = [];
  }
}
