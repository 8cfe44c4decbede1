import { hasRole, type Member } from '../services/access-member.ts';
import type { Filter } from './keyset.ts';

/**
 * The organisation of the request. Row policies decide what is visible; naming it in the statement
 * as well lets PostgreSQL use the indexes, which begin with the organisation.
 */
export function inOrganization({ reach, organizationId }: Member): Filter {
  return ['org_id = ?::uuid', reach === 'all' ? undefined : organizationId];
}

/** Rows of the caller alone, unless they are an administrator and did not ask for that. */
export function ofCaller(member: Member, mine: boolean | null | undefined): Filter {
  const everybody = hasRole(member, 'admin') && !mine;
  return ['user_id = ?::uuid', everybody ? undefined : member.userId];
}
