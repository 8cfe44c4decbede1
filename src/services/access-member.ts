import type { Scope } from '../database/scope.ts';
import { LockstepError } from '../errors.ts';
import type { StoredAccount } from './access-account.ts';

/** From least to most; a later role may do everything an earlier one may. */
export const memberRoles = ['user', 'admin', 'super_admin'] as const;
export type MemberRole = (typeof memberRoles)[number];

/** Who a request acts as: one user in one organisation, until the token ends. */
export interface Member {
  readonly userId: string;
  readonly email: string;
  /** The organisation this request works in. */
  readonly organizationId: string;
  /** Ids of all organisations the user may choose with `x-organization-id`. */
  readonly organizations: readonly string[];
  /** The role in `organizationId`. */
  readonly role: MemberRole;
  /** `all` for a super admin who chose no organisation: reads reach every one of the database. */
  readonly reach: 'organization' | 'all';
  readonly tokenExpiresAt: Date;
}

export interface MemberWish {
  readonly organizationId: string | null;
  readonly companyId: string | null;
  readonly tokenExpiresAt: Date;
}

/**
 * Decides whether an account may act, where and as what.
 * @throws LockstepError UNAUTHENTICATED or FORBIDDEN, with one text for unknown and foreign
 */
export function memberOf(account: StoredAccount | null, wish: MemberWish): Member {
  const memberships = (account?.memberships ?? []).filter(
    ({ organizationId }) => wish.companyId === null || organizationId === wish.companyId,
  );
  if (!account?.active || memberships.length === 0) {
    throw new LockstepError(
      'UNAUTHENTICATED',
      'This account is unknown here or has been deactivated. Ask an administrator of your organisation.',
    );
  }
  const chosen = chosenMembership(account, memberships, wish);
  if (!chosen) {
    throw new LockstepError(
      'FORBIDDEN',
      'You are not a member of the organisation chosen by x-organization-id. Leave the header out for your home organisation.',
      { field: 'x-organization-id' },
    );
  }
  const role = roleIn(account, chosen);
  return {
    userId: account.userId,
    email: account.email,
    organizationId: chosen.organizationId,
    organizations: memberships.map(({ organizationId }) => organizationId),
    role,
    reach: role === 'super_admin' && wish.organizationId === null ? 'all' : 'organization',
    tokenExpiresAt: wish.tokenExpiresAt,
  };
}

type Membership = StoredAccount['memberships'][number];

function chosenMembership(
  account: StoredAccount,
  memberships: readonly Membership[],
  { organizationId, companyId }: MemberWish,
): Membership | undefined {
  const wanted = organizationId?.toLowerCase() ?? account.homeOrganizationId;
  const found = memberships.find((membership) => membership.organizationId === wanted);
  if (found) return found;
  if (organizationId === null) return memberships[0];
  const visits =
    account.profileRole === 'super_admin' &&
    account.wishedExists &&
    (companyId === null || companyId === wanted);
  return visits ? { organizationId: wanted, role: 'member' } : undefined;
}

/** The profile's `admin` holds in the home organisation only; elsewhere the membership decides. */
function roleIn(account: StoredAccount, membership: Membership): MemberRole {
  if (account.profileRole === 'super_admin') return 'super_admin';
  const adminAtHome =
    account.profileRole === 'admin' && membership.organizationId === account.homeOrganizationId;
  return adminAtHome || membership.role === 'admin' ? 'admin' : 'user';
}

/** Whether the member has that role or a higher one. */
export function hasRole(member: Member, role: MemberRole): boolean {
  return memberRoles.indexOf(member.role) >= memberRoles.indexOf(role);
}

/** @throws LockstepError FORBIDDEN naming the role that is needed */
export function requireRole(member: Member, role: MemberRole): void {
  if (hasRole(member, role)) return;
  const needed = role === 'super_admin' ? 'an administrator of this installation' : 'an admin';
  throw new LockstepError('FORBIDDEN', `Only ${needed} may do this; your role is ${member.role}.`);
}

/** The rows a member's reads may touch; the database looks the member's rights up for each statement. */
export function rowScope({ userId, organizationId, reach }: Member): Scope {
  return reach === 'all'
    ? { role: 'authenticated', userId }
    : { role: 'authenticated', userId, organizationId };
}

/**
 * The same rows, by the rights that were read when the member was authenticated. Only for the
 * operation that this was done for: what outlives it (a subscription) must look them up again.
 */
export function operationScope(member: Member): Scope {
  const { userId, organizationId, reach } = member;
  if (reach === 'all') return rowScope(member);
  const standing = hasRole(member, 'admin') ? 'admin' : 'member';
  return { role: 'authenticated', userId, organizationId, standing };
}
