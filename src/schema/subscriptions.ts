import { followActivity, followNotifications, followProgress } from '../resolvers/subscriptions.ts';
import { builder } from './builder.ts';
import { Notification } from './notifications.ts';
import { SyncActivity } from './sync-activity.ts';
import { SyncProgress } from './sync-progress.ts';

builder.subscriptionType({
  description:
    'What changes, over WebSocket or server-sent events. The present state comes first; a stream ends with the token or the membership.',
});

builder.subscriptionField('syncProgress', (t) =>
  t.withAuth({ member: true }).field({
    type: SyncProgress,
    description:
      'Progress as it is, then every change; up to four a second for each run, the newest state always arrives.',
    args: {
      syncRunId: t.arg.id({
        description: 'Of this run only; of all runs the caller may see when left out.',
      }),
    },
    subscribe: (_root, { syncRunId }, context) => followProgress(context, syncRunId),
    resolve: (row) => row,
  }),
);

builder.subscriptionField('syncActivity', (t) =>
  t.withAuth({ member: true }).field({
    type: SyncActivity,
    description: 'The latest entries of the activity log, then every new one.',
    args: {
      syncRunId: t.arg.id({ description: 'The run; all runs the caller may see when left out.' }),
      after: t.arg.string({
        description:
          'The `id` of the last entry received: go on behind it, e.g. after a reconnect.',
      }),
    },
    subscribe: (_root, { syncRunId, after }, context) => followActivity(context, syncRunId, after),
    resolve: (row) => row,
  }),
);

builder.subscriptionField('notifications', (t) =>
  t.withAuth({ member: true }).field({
    type: Notification,
    description: "The caller's unread notifications, then every new or changed one.",
    subscribe: (_root, _args, context) => followNotifications(context),
    resolve: (row) => row,
  }),
);
