export interface ClockState {
  readonly offsetMs: number;
  readonly frozenAtMs: number | null;
}

/** The one clock of tokens, codes and mail: real time plus an offset, or standing still. */
export class Clock {
  #offsetMs = 0;
  #frozenAtMs: number | null = null;

  /** Milliseconds since 1970. */
  now(): number {
    return this.#frozenAtMs ?? Date.now() + this.#offsetMs;
  }

  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  advance(milliseconds: number): void {
    if (this.#frozenAtMs === null) this.#offsetMs += milliseconds;
    else this.#frozenAtMs += milliseconds;
  }

  set(atMs: number): void {
    if (this.#frozenAtMs === null) this.#offsetMs = atMs - Date.now();
    else this.#frozenAtMs = atMs;
  }

  freeze(): void {
    this.#frozenAtMs = this.now();
  }

  /** Goes on from the moment it stood still at. */
  unfreeze(): void {
    if (this.#frozenAtMs === null) return;
    this.#offsetMs = this.#frozenAtMs - Date.now();
    this.#frozenAtMs = null;
  }

  reset(): void {
    this.#offsetMs = 0;
    this.#frozenAtMs = null;
  }

  save(): ClockState {
    return { offsetMs: this.#offsetMs, frozenAtMs: this.#frozenAtMs };
  }

  load(state: ClockState): void {
    this.#offsetMs = state.offsetMs;
    this.#frozenAtMs = state.frozenAtMs;
  }
}
