import { hasRole, type Member } from '../services/access-member.ts';

/**
 * The organisation of the request, as a filter. Row policies decide what is visible; naming it in
 * the query as well lets PostgreSQL use the indexes, which begin with the organisation.
 */
export function organizationFilter(member: Member): { orgId?: string } {
  return member.reach === 'all' ? {} : { orgId: member.organizationId };
}

/** The same for rows of one person: administrators see everybody's. */
export function ownerFilter(member: Member): { orgId?: string; userId?: string } {
  return hasRole(member, 'admin')
    ? organizationFilter(member)
    : { ...organizationFilter(member), userId: member.userId };
}
