import { LockstepError } from '../../errors.ts';
import type { Audience } from '../../events/audience.ts';
import type { Member } from '../access-member.ts';

/** What row policies show this member, for changes on their way. */
export function audienceOf({ organizationId, userId, role, reach }: Member): Audience {
  return {
    organizationId: reach === 'all' ? null : organizationId,
    userId,
    admin: role !== 'user',
  };
}

/** Restricts a reading to the member's organisation, $1, in the query as well as by policy: it finds the index. */
export function inOrganization({ reach }: Member, column: string): string {
  return reach === 'all' ? '$1::uuid is not null' : `${column} = $1`;
}

/** The one answer for runs that are unknown, foreign or another member's. */
export function noSuchRun(): LockstepError {
  return new LockstepError(
    'NOT_FOUND',
    'There is no sync run with this id. Check the id, and that you are in the right organisation.',
    { field: 'syncRunId' },
  );
}
