import type { GrantStatus } from './grant.ts';

/** What the decision looks at; times as stored. */
export interface TokenState {
  readonly status: GrantStatus;
  readonly hasAccessToken: boolean;
  readonly hasRefreshToken: boolean;
  readonly expiresAt: Date | null;
  /** No refresh before this moment: the last ones failed. */
  readonly retryAt: Date | null;
}

export type TokenDecision = 'use' | 'refresh' | 'wait' | 'reconnect';

/** Renewed when less than this is left, so that a long call or a wrong clock does not meet the end. */
export const refreshMarginSeconds = 300;

/** A token with less left than this is not worth sending while refreshing fails. */
const leastUsefulSeconds = 30;

/** What to do for a caller that needs a token for `minimumSeconds`, whose last one may be `refused`. */
export function decideToken(
  grant: TokenState,
  need: { now: Date; minimumSeconds: number; refused: boolean },
): TokenDecision {
  if (grant.status !== 'active') return 'reconnect';
  const left =
    grant.hasAccessToken && grant.expiresAt && !need.refused
      ? (grant.expiresAt.getTime() - need.now.getTime()) / 1000
      : 0;
  if (left >= Math.max(need.minimumSeconds, refreshMarginSeconds)) return 'use';
  if (!grant.hasRefreshToken) return 'reconnect';
  if (!grant.retryAt || grant.retryAt <= need.now) return 'refresh';
  return left >= Math.max(need.minimumSeconds, leastUsefulSeconds) ? 'use' : 'wait';
}
