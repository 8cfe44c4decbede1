import { type FrameTemplate, frameTemplate } from './websocket-frame.ts';

/** Results that many clients get: serialised once, framed once per length of operation id. */
export class NextFrames {
  readonly #payloads: readonly string[];
  readonly #templates = new Map<number, FrameTemplate>();

  /** @param payloads execution results as JSON */
  constructor(payloads: readonly string[]) {
    this.#payloads = payloads;
  }

  forIdsOf(length: number): FrameTemplate {
    const known = this.#templates.get(length);
    if (known) return known;
    const template = frameTemplate(length, this.#payloads);
    this.#templates.set(length, template);
    return template;
  }
}
