import type { Random } from '../random.ts';
import type { Place } from './correspondents.ts';

/** Deals messages out to a dozen open threads, as conversations overlap in a mailbox. */
export class ThreadWalk {
  readonly #random: Random;
  readonly #open: { thread: number; length: number }[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** Where the next message belongs; `fresh` names a new thread when one begins. */
  next(fresh: () => number): Place {
    const random = this.#random;
    const open = this.#open;
    let current = open[random.below(Math.max(1, open.length))];
    if (current === undefined || current.length > 12 || random.next() < 0.45) {
      current = { thread: fresh(), length: 0 };
      open[open.length < 12 ? open.length : random.below(12)] = current;
    }
    const place = { thread: current.thread, position: current.length };
    current.length += 1;
    return place;
  }
}
