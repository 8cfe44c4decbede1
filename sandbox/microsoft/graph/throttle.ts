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
    const window =
      found !== undefined && now < found.startedMs + throttle.windowSeconds * 1000 ? found : null;
    const blocked = found !== undefined && now < found.blockedUntilMs;
    if (window === null && !blocked) {
      this.#windows.set(mailbox, { startedMs: now, requests: 1, blockedUntilMs: 0 });
      return;
    }
    const current = window ?? found;
    if (current === undefined) return;
    current.requests += 1;
    if (!blocked && current.requests <= throttle.requests) return;
    const wait = Math.max(current.blockedUntilMs, now + throttle.retryAfterSeconds * 1000);
    current.blockedUntilMs = blocked ? wait + 1000 : wait;
    throw tooMany(
      'Application is over its request limit for the mailbox.',
      Math.ceil((current.blockedUntilMs - now) / 1000),
    );
  }

  clear(): void {
    this.#windows.clear();
  }
}

function tooMany(message: string, seconds: number): GraphError {
  return new GraphError(429, 'ApplicationThrottled', message, { 'retry-after': String(seconds) });
}
