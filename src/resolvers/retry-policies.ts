import {
  listRetryPolicies,
  type RetryPolicyChange,
  type RetryPolicy as StoredPolicy,
  updateRetryPolicy,
} from '../services/retry-policies/retry-policies.ts';
import type { MemberContext } from './context.ts';

export type RetryPolicy = StoredPolicy;

/** What happens after each kind of failure. */
export async function retryPolicies({ member, services }: MemberContext): Promise<RetryPolicy[]> {
  return listRetryPolicies(await services.companies.of(member.organizationId));
}

/** Changes what happens after a kind of failure, in the caller's name. */
export async function changeRetryPolicy(
  { member, services, requestId }: MemberContext,
  change: RetryPolicyChange,
): Promise<RetryPolicy> {
  const database = await services.companies.of(member.organizationId);
  return updateRetryPolicy(database, change, { userId: member.userId, requestId });
}
