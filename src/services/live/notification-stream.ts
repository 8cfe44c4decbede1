import type { CompanyDatabase } from '../../database/company.ts';
import { type JsonNotification, notificationColumns, toNotification } from '../../events/drain.ts';
import { type FanOut, queueCapacity } from '../../events/fan-out.ts';
import { type Member, rowScope } from '../access-member.ts';
import type { StreamDefinition } from './live-stream.ts';
import { audienceOf, inOrganization } from './member-view.ts';
import { readPresent } from './read-present.ts';

/** Unread ones shown at first: the newest, up to this many. */
const mostRows = 50;

const unread = (member: Member) => `
  select * from (
    select ${notificationColumns} from notifications n
     where ${inOrganization(member, 'n.org_id')} and n.user_id = $2 and n.read_at is null
     order by n.created_at desc, n.id
     limit ${mostRows}) latest
   order by "createdAt", id`;

/** The member's unread notifications, then every new or changed one. */
export function notificationStream(view: {
  readonly fanOut: FanOut;
  readonly database: CompanyDatabase;
  readonly member: Member;
}): StreamDefinition<'notification'> {
  const { fanOut, database, member } = view;
  return {
    fanOut,
    topic: 'notification',
    audience: audienceOf(member),
    queue: { capacity: queueCapacity, paceMilliseconds: 0 },
    async read() {
      const values = [member.organizationId, member.userId];
      const state = await readPresent<JsonNotification>(
        database,
        rowScope(member),
        unread(member),
        values,
      );
      return { rows: state.rows.map(toNotification), snapshot: state.snapshot, more: false };
    },
    share: null,
  };
}
