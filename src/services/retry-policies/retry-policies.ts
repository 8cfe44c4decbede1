import type { CompanyDatabase } from '../../database/company.ts';
import { LockstepError } from '../../errors.ts';
import type { FailureCode } from '../../providers/errors.ts';
import type { PolicyAction } from '../sync/policy.ts';

/** What happens after a failure of one kind. */
export interface RetryPolicy {
  readonly failureCode: FailureCode;
  readonly action: PolicyAction;
  readonly maxAttempts: number;
  readonly baseSeconds: number;
  readonly maxSeconds: number;
  readonly multiplier: number;
  /** Random share of each wait, 0 to 1. */
  readonly jitter: number;
}

type Change = {
  readonly [K in Exclude<keyof RetryPolicy, 'failureCode'>]?: RetryPolicy[K] | null | undefined;
};

/** A change of one policy; what is left out or null stays. */
export type RetryPolicyChange = Change & Pick<RetryPolicy, 'failureCode'>;

const columns = `failure_code as "failureCode", action, max_attempts as "maxAttempts",
  base_seconds as "baseSeconds", max_seconds as "maxSeconds", multiplier, jitter`;

const everywhere = { role: 'service_role', organizationId: 'all' } as const;

/** All policies of a company database, by failure code. */
export function listRetryPolicies(database: CompanyDatabase): Promise<RetryPolicy[]> {
  return database.query<RetryPolicy>(
    everywhere,
    `select ${columns} from sync_retry_policy order by failure_code`,
  );
}

/**
 * Changes a policy and says so in the audit, in one transaction. Who may is the caller's to check.
 * @throws LockstepError NOT_FOUND, BAD_USER_INPUT when the longest wait would be below the first
 */
export function updateRetryPolicy(
  database: CompanyDatabase,
  { failureCode, ...change }: RetryPolicyChange,
  by: { readonly userId: string; readonly requestId: string },
): Promise<RetryPolicy> {
  return database.transaction(everywhere, async (tx) => {
    const [present] = await tx.query<RetryPolicy>(
      `select ${columns} from sync_retry_policy where failure_code = $1 for update`,
      [failureCode],
    );
    if (!present) throw new LockstepError('NOT_FOUND', `There is no policy for ${failureCode}.`);
    const wanted = Object.entries(change).filter(([, value]) => value != null);
    const next: RetryPolicy = { ...present, ...Object.fromEntries(wanted) };
    if (next.maxSeconds < next.baseSeconds) {
      throw new LockstepError(
        'BAD_USER_INPUT',
        `maxSeconds: ${next.maxSeconds} is below baseSeconds (${next.baseSeconds}). Raise it, or lower baseSeconds.`,
        { field: 'maxSeconds' },
      );
    }
    await tx.query(
      `update sync_retry_policy set action = $2, max_attempts = $3, base_seconds = $4,
              max_seconds = $5, multiplier = $6, jitter = $7
        where failure_code = $1`,
      [
        failureCode,
        next.action,
        next.maxAttempts,
        next.baseSeconds,
        next.maxSeconds,
        next.multiplier,
        next.jitter,
      ],
    );
    await tx.query(
      `insert into admin_audit_log (actor_id, action, target_type, target_id, details, request_id)
       values ($1, 'retry_policy.changed', 'retry_policy', $2, $3, $4)`,
      [by.userId, failureCode, JSON.stringify({ from: present, to: next }), by.requestId],
    );
    return next;
  });
}
