import { errorText } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { Lease } from './lease.ts';
import { readLease, renewLease } from './renew-lease.ts';
import { RunStopped, type StopReason } from './run-handler.ts';

export interface HeartbeatOptions {
  readonly heartbeatSeconds: number;
  /** How often requests are looked for between heartbeats; they must be honoured within 5 s. */
  readonly watchSeconds: number;
  readonly log: Logger;
}

/**
 * Keeps the lease of one run and watches for requests, on timers of its own, whatever the handler
 * does. `signal` is aborted with a `RunStopped` as soon as the attempt must end.
 *
 * A worker that cannot renew must stop by itself before another one starts, so the deadline is
 * measured here from the moment the last renewal was asked for. When the event loop was blocked, the
 * timers fire late but still before any further step of the handler's that waits, and the fence
 * refuses what comes through anyway.
 */
export class Heartbeat {
  readonly #lease: Lease;
  readonly #options: HeartbeatOptions;
  readonly #controller = new AbortController();
  #renewedAt = performance.now();
  #deadline: NodeJS.Timeout | undefined;
  #tick: NodeJS.Timeout | undefined;
  #busy = false;

  constructor(lease: Lease, options: HeartbeatOptions) {
    this.#lease = lease;
    this.#options = options;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  start(): void {
    this.#armDeadline(performance.now());
    const every = Math.min(this.#options.watchSeconds, this.#options.heartbeatSeconds);
    this.#tick = setInterval(() => void this.#beat(), every * 1000);
  }

  stop(): void {
    clearInterval(this.#tick);
    clearTimeout(this.#deadline);
  }

  /** Ends the attempt; the first reason stays. */
  abort(reason: StopReason): void {
    if (!this.signal.aborted) this.#controller.abort(new RunStopped(reason));
  }

  #armDeadline(askedAt: number): void {
    this.#renewedAt = askedAt;
    clearTimeout(this.#deadline);
    const left = askedAt + this.#lease.seconds * 1000 - performance.now();
    this.#deadline = setTimeout(() => this.abort('lease_lost'), Math.max(0, left));
  }

  async #beat(): Promise<void> {
    if (this.#busy || this.signal.aborted) return;
    this.#busy = true;
    const askedAt = performance.now();
    const due = askedAt - this.#renewedAt >= (this.#options.heartbeatSeconds - 0.5) * 1000;
    try {
      const state = await (due ? renewLease(this.#lease) : readLease(this.#lease));
      if (!state) this.abort('lease_lost');
      else if (state.requested) this.abort(state.requested === 'pause' ? 'paused' : 'cancelled');
      else if (due && !this.signal.aborted) this.#armDeadline(askedAt);
    } catch (error) {
      // Not fatal yet: the deadline decides.
      this.#options.log.warn(
        { runId: this.#lease.runId, error: errorText(error) },
        'heartbeat failed',
      );
    } finally {
      this.#busy = false;
    }
  }
}
