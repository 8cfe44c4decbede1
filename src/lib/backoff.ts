/** How long to wait between attempts; every duration in seconds. */
export interface Backoff {
  readonly baseSeconds: number;
  readonly maxSeconds: number;
  readonly multiplier: number;
  /** Share of the wait that is random, 0 to 1, so that failed callers do not return together. */
  readonly jitter: number;
}

/**
 * Seconds to wait before attempt `attempt + 1`, when attempt `attempt` (from 1) has failed.
 * @param random in [0, 1)
 */
export function backoffSeconds(backoff: Backoff, attempt: number, random: number): number {
  const exponent = Math.min(attempt - 1, 64);
  const full = Math.min(backoff.baseSeconds * backoff.multiplier ** exponent, backoff.maxSeconds);
  return full * (1 - backoff.jitter * random);
}
