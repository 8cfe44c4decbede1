import PQueue from 'p-queue';
import type { Clock } from '../lib/clock.ts';
import { sleep } from '../lib/sleep.ts';
import { ProviderError } from './errors.ts';

/** How one caller passes the gate. */
export interface GatePass {
  readonly signal?: AbortSignal | undefined;
  readonly onWait?: ((reason: string, until: Date) => void | Promise<void>) | undefined;
  /** A wait longer than this is thrown instead of slept, seconds. */
  readonly longestWaitSeconds: number;
}

const leastPauseSeconds = 1;
const longestPauseSeconds = 3600;

const closed = Symbol('closed');

/**
 * Stands before one account's calls: at most `concurrency` at a time, and none at all while the
 * provider's wait lasts. Requests during a wait count and lengthen it at Graph, so the wait belongs to
 * the account, not to the call that met it.
 */
export class AccountGate {
  readonly #queue: PQueue;
  readonly #clock: Clock;
  /** On the monotonic clock, so that setting the machine's clock neither cuts nor lengthens it. */
  #closedUntil = 0;

  constructor(concurrency: number, clock: Clock) {
    this.#queue = new PQueue({ concurrency });
    this.#clock = clock;
  }

  /** Closes the gate for `seconds` (at least 1, at most 3,600); an earlier, longer wait stays. */
  pause(seconds: number): void {
    const bounded = Math.min(Math.max(seconds, leastPauseSeconds), longestPauseSeconds);
    this.#closedUntil = Math.max(this.#closedUntil, performance.now() + bounded * 1000);
  }

  /**
   * Runs `call` when it is its turn and the gate is open. `call` must pause the gate itself, before
   * it returns, when the provider asks for a wait: the next call starts right after it.
   * @throws ProviderError RATE_LIMITED when the wait is longer than the pass allows
   */
  async run<T>(call: () => Promise<T>, pass: GatePass): Promise<T> {
    for (;;) {
      await this.#untilOpen(pass);
      const outcome = await this.#queue.add(async () => {
        pass.signal?.throwIfAborted();
        return this.#remaining() > 0 ? closed : await call();
      });
      if (outcome !== closed) return outcome;
    }
  }

  #remaining(): number {
    return Math.max(0, this.#closedUntil - performance.now());
  }

  async #untilOpen({ signal, onWait, longestWaitSeconds }: GatePass): Promise<void> {
    for (let wait = this.#remaining(); wait > 0; wait = this.#remaining()) {
      const seconds = Math.ceil(wait / 1000);
      if (wait > longestWaitSeconds * 1000) {
        throw new ProviderError(
          'RATE_LIMITED',
          `The provider asked to wait; the account's next call is possible in ${seconds} s.`,
          { retryAfterSeconds: seconds },
        );
      }
      const until = new Date(this.#clock().getTime() + wait);
      await onWait?.('The provider asked Lockstep to slow down.', until);
      await sleep(this.#remaining(), signal).catch((error) => {
        signal?.throwIfAborted();
        throw error;
      });
    }
  }
}
