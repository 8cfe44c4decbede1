import type { Sql } from '../../database/sql.ts';
import type { FailureCode } from '../../providers/errors.ts';
import type { PolicyAction, RetryPolicy } from './policy.ts';

/** For a code whose row an operator deleted: a few tries, then somebody must look. */
const withoutRow: RetryPolicy = {
  action: 'retry',
  maxAttempts: 3,
  baseSeconds: 5,
  maxSeconds: 300,
  multiplier: 2,
  jitter: 0.2,
};

interface PolicyRow {
  readonly action: PolicyAction;
  readonly max_attempts: number;
  readonly base_seconds: number;
  readonly max_seconds: number;
  readonly multiplier: number;
  readonly jitter: number;
}

/** Reads the policy of one failure code. Never cached: an edit must count for the next decision. */
export async function readPolicy(tx: Sql, code: FailureCode): Promise<RetryPolicy> {
  const [row] = await tx.query<PolicyRow>(
    `select action, max_attempts, base_seconds, max_seconds, multiplier, jitter
       from sync_retry_policy where failure_code = $1`,
    [code],
  );
  if (!row) return withoutRow;
  return {
    action: row.action,
    maxAttempts: row.max_attempts,
    baseSeconds: row.base_seconds,
    maxSeconds: row.max_seconds,
    multiplier: row.multiplier,
    jitter: row.jitter,
  };
}
