import type { NotificationRow } from '../events/topics.ts';
import { markNotificationsRead } from '../services/notifications/mark-notifications-read.ts';
import type { MemberContext } from './context.ts';
import { keysetPage } from './keyset.ts';
import { uuidOf } from './node-id.ts';
import type { PageArgs } from './page.ts';

export type NotificationShape = NotificationRow;

/** A member's notifications are theirs alone, whatever the role of who asks. */
const own = ({ member }: MemberContext) => ({
  orgId: member.organizationId,
  userId: member.userId,
});

/** How many of the caller's notifications are unread. */
export function unreadNotifications(context: MemberContext): Promise<number> {
  return context.prisma.notification.count({ where: { ...own(context), readAt: null } });
}

interface NotificationArgs extends PageArgs {
  readonly unread?: boolean | null | undefined;
}

const readStates = { true: 'is null', false: 'is not null' } as const;

/** The caller's notifications, the newest first. */
export function notificationPage(context: MemberContext, args: NotificationArgs) {
  const { prisma, member } = context;
  const state = args.unread == null ? '' : ` and read_at ${readStates[`${args.unread}`]}`;
  return keysetPage(
    context,
    {
      name: 'notifications',
      table: 'notifications',
      key: 'created_at',
      keyType: 'timestamptz',
      filters: [
        ['org_id = ?::uuid', member.organizationId],
        [`user_id = ?::uuid${state}`, member.userId],
      ],
    },
    args,
    (ids) => prisma.notification.findMany({ where: { id: { in: ids } } }),
  );
}

/** Marks the caller's notifications as read, all unread ones when no ids are given. */
export async function markRead(
  { member, services }: MemberContext,
  texts: readonly string[] | null,
): Promise<{ count: number }> {
  const { organizationId, userId } = member;
  const database = await services.companies.of(organizationId);
  const ids = texts?.flatMap((text) => uuidOf('Notification', text) ?? []);
  const count = await database.transaction({ role: 'service_role', organizationId }, (tx) =>
    markNotificationsRead(tx, { organizationId, userId, ids }),
  );
  return { count };
}
