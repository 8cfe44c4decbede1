import { setTimeout as delay } from 'node:timers/promises';

/** Node fires a timer of 2^31 ms or more after 1 ms; a provider's huge Retry-After must not do that. */
const longestTimer = 2_147_483_647;

/** Waits; rejects with the signal's reason when it is aborted. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  const bounded = Math.max(0, Math.min(milliseconds, longestTimer));
  await delay(bounded, undefined, signal ? { signal } : undefined);
}
