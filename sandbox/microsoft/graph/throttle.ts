import type { Clock } from '../../core/clock.ts';
import type { Throttle } from '../settings.ts';
import { GraphError } from './graph-error.ts';

interface Window {
  startedMs: number;
  requests: number;
  blockedUntilMs: number;
}

/** Requests per mailbox and window, and at one time. */
export class ThrottleGate {
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a request; throws Graph's 429. A request during the wait counts, and lengthens it. */
  check(mailbox: string, concurrent: number, throttle: Throttle | null): void {
    if (throttle === null) return;
    const now = this.#clock.now();
    if (concurrent > throttle.concurrency) {
      throw tooMany(
        'Application is over its MailboxConcurrency limit.',
        throttle.retryAfterSeconds,
      );
    }
    const found = this.#windows.get(mailbox);
    const blocked = found !== undefined && now < found.blockedUntilMs;
    const waited = found !== undefined && !blocked && found.blockedUntilMs > 0;
    const over = found !== undefined && now >= found.startedMs + throttle.windowSeconds * 1000;
    // Who waited as told begins afresh, or Retry-After would be a promise not kept.
    if (found === undefined || waited || (over && !blocked)) {
      this.#windows.set(mailbox, { startedMs: now, requests: 1, blockedUntilMs: 0 });
      return;
    }
    found.requests += 1;
    if (!blocked && found.requests <= throttle.requests) return;
    found.blockedUntilMs = blocked
      ? found.blockedUntilMs + 1000
      : now + throttle.retryAfterSeconds * 1000;
    throw tooMany(
      'Application is over its request limit for the mailbox.',
      Math.ceil((found.blockedUntilMs - now) / 1000),
    );
  }

  clear(): void {
    this.#windows.clear();
  }
}

function tooMany(message: string, seconds: number): GraphError {
  return new GraphError(429, 'ApplicationThrottled', message, { 'retry-after': String(seconds) });
}
