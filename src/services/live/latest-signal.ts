/** Wakes one waiting reader. Raised while nobody waits, it is remembered once. */
export class LatestSignal {
  #raised = false;
  #waiting: (() => void) | null = null;

  raise(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting) waiting();
    else this.#raised = true;
  }

  /** Resolves at the next `raise`, at once if one came since the last. */
  raised(): Promise<void> {
    if (this.#raised) {
      this.#raised = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }
}
