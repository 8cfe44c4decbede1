import { z } from 'zod';
import { encodeNodeId } from '../resolvers/node-id.ts';
import { markRead, type NotificationShape, notificationPage } from '../resolvers/notifications.ts';
import { builder } from './builder.ts';
import { pageArgs, pageCost } from './page-args.ts';

export const Notification = builder.objectRef<NotificationShape>('Notification').implement({
  description: 'Something the member is told, e.g. that a sync is done or an account needs them.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      description: 'The global id. Wherever an id is asked, the plain uuid is accepted too.',
      resolve: ({ id }) => encodeNodeId('Notification', id),
    }),
    kind: t.exposeString('kind', { description: 'What it is about, as a stable word.' }),
    title: t.exposeString('title', { description: 'The headline.' }),
    body: t.exposeString('body', { description: 'The text; may be empty.' }),
    data: t.expose('data', {
      type: 'JSON',
      description: 'Ids and counts that belong to the kind.',
    }),
    readAt: t.expose('readAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was marked as read; null before.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written.' }),
  }),
});

const Notifications = builder.connectionObject(
  {
    type: Notification,
    name: 'QueryNotificationsConnection',
    description: "The caller's notifications.",
  },
  { name: 'QueryNotificationsConnectionEdge', description: 'One notification of the list.' },
);

builder.queryField('notifications', (t) =>
  t.withAuth({ member: true }).field({
    type: Notifications,
    description: "The caller's own notifications, the newest first.",
    args: {
      ...pageArgs,
      unread: t.arg.boolean({ description: 'True: unread only. False: read only.' }),
    },
    complexity: pageCost,
    resolve: (_root, args, context) => notificationPage(context, args),
  }),
);

const mostIds = 1_000;

const MarkNotificationsReadInput = builder.inputType('MarkNotificationsReadInput', {
  description: 'Which notifications to mark as read.',
  fields: (t) => ({
    ids: t.idList({
      description: `Ids of at most ${mostIds} notifications; all unread ones when left out.`,
      validate: z.array(z.string()).max(mostIds, `at most ${mostIds} ids are possible at once`),
    }),
  }),
});

const NotificationsRead = builder.objectRef<{ count: number }>('NotificationsRead').implement({
  description: 'What `markNotificationsRead` did.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'How many were unread before and are read now.' }),
  }),
});

builder.mutationField('markNotificationsRead', (t) =>
  t.withAuth({ member: true }).field({
    type: NotificationsRead,
    description:
      "Marks the caller's own notifications as read. Ids that are unknown or foreign are passed over.",
    args: {
      input: t.arg({ type: MarkNotificationsReadInput, description: 'Which; all when left out.' }),
    },
    resolve: (_root, { input }, context) => markRead(context, input?.ids ?? null),
  }),
);
