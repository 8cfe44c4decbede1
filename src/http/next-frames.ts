import { SharedFrames } from './websocket-frame.ts';

/** Results that many clients get: serialised once, framed once per length of operation id. */
export class NextFrames {
  readonly #payloads: readonly string[];
  readonly #byIdLength = new Map<number, SharedFrames>();

  /** @param payloads execution results as JSON */
  constructor(payloads: readonly string[]) {
    this.#payloads = payloads;
  }

  forIdsOf(length: number): SharedFrames {
    const known = this.#byIdLength.get(length);
    if (known) return known;
    const frames = new SharedFrames(length, this.#payloads);
    this.#byIdLength.set(length, frames);
    return frames;
  }
}
