import { LRUCache } from 'lru-cache';
import { LockstepError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';

export interface RateLimiter {
  /** Takes `cost` from the caller's budget. @throws LockstepError RATE_LIMITED when it is used up */
  take(caller: string, cost: number): void;
}

/** What is left of a budget, and when that was counted. */
export interface Budget {
  readonly left: number;
  readonly at: number;
}

/**
 * A budget that refills evenly over a minute, after taking `cost` at `now` (milliseconds), or the
 * seconds to wait for it. A single cost above the whole budget is charged as the whole budget.
 */
export function spend(
  budget: Budget | undefined,
  cost: number,
  perMinute: number,
  now: number,
): { budget: Budget } | { waitSeconds: number } {
  const refilled = budget ? budget.left + ((now - budget.at) / 60_000) * perMinute : perMinute;
  const available = Math.min(perMinute, refilled);
  const charged = Math.min(cost, perMinute);
  if (charged <= available) return { budget: { left: available - charged, at: now } };
  return { waitSeconds: Math.ceil(((charged - available) / perMinute) * 60) };
}

const rememberedCallers = 50_000;

/** Bounds the cost of each caller's operations per minute, in this process. */
export function createRateLimiter(perMinute: number | 'off', clock: Clock): RateLimiter {
  if (perMinute === 'off') return { take() {} };
  const budgets = new LRUCache<string, Budget>({ max: rememberedCallers });
  return {
    take(caller, cost) {
      const outcome = spend(budgets.get(caller), cost, perMinute, clock().getTime());
      if ('budget' in outcome) {
        budgets.set(caller, outcome.budget);
        return;
      }
      throw new LockstepError(
        'RATE_LIMITED',
        `The limit of ${perMinute} cost units per minute is used up. Try again in ${outcome.waitSeconds} s, or ask for less at once.`,
        { limit: perMinute, retryAfterSeconds: outcome.waitSeconds },
      );
    },
  };
}
