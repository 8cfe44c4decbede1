import { type Backoff, backoffSeconds } from '../../lib/backoff.ts';
import type { FailureCode } from '../../providers/errors.ts';

export const policyActions = ['retry', 'reconnect', 'set_aside', 'fail'] as const;
export type PolicyAction = (typeof policyActions)[number];

/** What `sync_retry_policy` says about one failure code; operators edit it while runs run. */
export interface RetryPolicy extends Backoff {
  readonly action: PolicyAction;
  /** Failed attempts without a committed page in between after which the run fails. */
  readonly maxAttempts: number;
}

export interface FailedAttempt {
  readonly code: FailureCode;
  /** How many attempts have failed by now without a committed page in between, this one included. */
  readonly attempt: number;
  readonly retryAfterSeconds: number | null;
}

export type FailureAction =
  | { readonly kind: 'retry'; readonly afterSeconds: number }
  /** The cursor is gone: drop it and enumerate again. */
  | { readonly kind: 'restart_cursor'; readonly afterSeconds: number }
  /** Only the member can help. */
  | { readonly kind: 'reconnect' }
  /** Go on without the item. Nothing to set aside when the run as a whole failed. */
  | { readonly kind: 'set_aside' }
  | { readonly kind: 'fail'; readonly exhausted: boolean };

/** A provider may ask for any wait; beyond an hour we ask again, below a second we would hammer. */
const shortestWait = 1;
const longestWait = 3600;
/** Jitter on top of a wait that a provider asked for: enough to part callers, too little to notice. */
const longestExtraWait = 30;

/**
 * What to do about a failed attempt. A wait that the provider asked for wins over the backoff and is
 * never shortened.
 * @param random in [0, 1)
 */
export function decideFailure(
  failed: FailedAttempt,
  policy: RetryPolicy,
  random: number,
): FailureAction {
  switch (policy.action) {
    case 'reconnect':
      return { kind: 'reconnect' };
    case 'set_aside':
      return { kind: 'set_aside' };
    case 'fail':
      return { kind: 'fail', exhausted: false };
    case 'retry': {
      if (failed.attempt >= policy.maxAttempts) return { kind: 'fail', exhausted: true };
      const afterSeconds = waitSeconds(failed, policy, random);
      return failed.code === 'CURSOR_EXPIRED'
        ? { kind: 'restart_cursor', afterSeconds }
        : { kind: 'retry', afterSeconds };
    }
  }
}

function waitSeconds(failed: FailedAttempt, policy: RetryPolicy, random: number): number {
  if (failed.retryAfterSeconds === null) {
    const seconds = backoffSeconds(policy, Math.max(1, failed.attempt), random);
    return Math.min(Math.max(seconds, shortestWait), longestWait);
  }
  const asked = Math.min(Math.max(failed.retryAfterSeconds, shortestWait), longestWait);
  return asked + Math.min(asked * policy.jitter, longestExtraWait) * random;
}
