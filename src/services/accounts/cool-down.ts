import type { Sql } from '../../database/sql.ts';
import { type Backoff, backoffSeconds } from '../../lib/backoff.ts';
import type { GrantRow } from './grant.ts';

const coolDown: Backoff = { baseSeconds: 5, maxSeconds: 900, multiplier: 2, jitter: 0.2 };
const longestSeconds = 3600;

/**
 * Notes a refresh that failed for a reason that passes, and until when nobody asks again: callers
 * of all processes see it. The grant and its tokens stay as they are.
 * @returns seconds until the next try
 */
export async function noteRefreshFailure(
  tx: Sql,
  grant: GrantRow,
  failure: { now: Date; random: number; retryAfterSeconds: number | undefined },
): Promise<number> {
  const own = backoffSeconds(coolDown, grant.refresh_failures + 1, failure.random);
  const seconds = Math.min(Math.max(own, failure.retryAfterSeconds ?? 0, 1), longestSeconds);
  await tx.query(
    `update provider_grants set refresh_failures = refresh_failures + 1, refresh_retry_at = $3
     where org_id = $1 and id = $2`,
    [grant.org_id, grant.id, new Date(failure.now.getTime() + seconds * 1000)],
  );
  return Math.ceil(seconds);
}
