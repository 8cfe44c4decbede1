import type { Scope } from '../../database/scope.ts';
import type { Audience } from '../../events/audience.ts';
import type { Member } from '../access-member.ts';

/** The row scope in which a member's present state is read. */
export function scopeOf({ userId, organizationId }: Member): Scope {
  return { role: 'authenticated', userId, organizationId };
}

/** What row policies show this member, for changes on their way. */
export function audienceOf({ organizationId, userId, role }: Member): Audience {
  const admin = role !== 'user';
  return { organizationId, userId, admin };
}
