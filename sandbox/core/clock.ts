export interface ClockState {
  readonly offsetMs: number;
  readonly frozenAtMs: number | null;
  /** Sandbox seconds per real second. */
  readonly rate?: number;
}

/** The one clock of tokens, codes, quotas and mail: real time plus an offset, faster than it, or standing still. */
export class Clock {
  /** Where the sandbox's and the real time stood when the rate was last set. */
  #anchorMs = 0;
  #realMs = 0;
  #rate = 1;
  #frozenAtMs: number | null = null;

  /** Milliseconds since 1970. */
  now(): number {
    return this.#frozenAtMs ?? Math.floor(this.#running());
  }

  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  advance(milliseconds: number): void {
    if (this.#frozenAtMs === null) this.#anchorMs += milliseconds;
    else this.#frozenAtMs += milliseconds;
  }

  set(atMs: number): void {
    if (this.#frozenAtMs === null) this.#anchor(atMs);
    else this.#frozenAtMs = atMs;
  }

  freeze(): void {
    this.#frozenAtMs = this.now();
  }

  /** Goes on from the moment it stood still at. */
  unfreeze(): void {
    if (this.#frozenAtMs === null) return;
    this.#anchor(this.#frozenAtMs);
    this.#frozenAtMs = null;
  }

  /** Lets time pass this many times as fast from now on, so that waits of minutes can be measured in seconds. */
  scale(rate: number): void {
    this.#anchor(this.#running());
    this.#rate = rate;
  }

  reset(): void {
    this.load({ offsetMs: 0, frozenAtMs: null });
  }

  save(): ClockState {
    const realMs = Date.now();
    return {
      offsetMs: Math.floor(this.#running(realMs)) - realMs,
      frozenAtMs: this.#frozenAtMs,
      rate: this.#rate,
    };
  }

  load(state: ClockState): void {
    // At the rate of real time the anchor is the offset itself: nothing is lost by rounding.
    this.#rate = state.rate ?? 1;
    if (this.#rate === 1) {
      this.#anchorMs = state.offsetMs;
      this.#realMs = 0;
    } else this.#anchor(Date.now() + state.offsetMs);
    this.#frozenAtMs = state.frozenAtMs;
  }

  #running(realMs = Date.now()): number {
    return this.#anchorMs + (realMs - this.#realMs) * this.#rate;
  }

  #anchor(atMs: number): void {
    this.#anchorMs = atMs;
    this.#realMs = Date.now();
  }
}
