import { type ActivityShape, activityPage } from '../resolvers/sync-activity.ts';
import { syncRunIdOf } from '../resolvers/sync-progress.ts';
import { builder } from './builder.ts';
import { SyncAction, SyncStatus } from './enums.ts';
import { pageArgs, pageCost } from './page-args.ts';

export const SyncActivity = builder.objectRef<ActivityShape>('SyncActivity').implement({
  description: 'One entry of the activity log.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The entry itself; unique, no node.' }),
    syncRunId: t.id({
      description: "The run's global id, or the free text under which another program reports.",
      resolve: ({ syncId }) => syncRunIdOf(syncId),
    }),
    action: t.field({
      type: SyncAction,
      description: 'What happened.',
      resolve: ({ action }) => action,
    }),
    status: t.field({
      type: SyncStatus,
      nullable: true,
      description: 'Where the run stood then; null when the entry is about an item only.',
      resolve: ({ status }) => status,
    }),
    message: t.exposeString('message', {
      description: 'A sentence without private text; may be empty.',
    }),
    details: t.expose('details', {
      type: 'JSON',
      description: 'Counts and codes that belong to the action; an object.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it happened.' }),
  }),
});

const Activities = builder.connectionObject(
  {
    type: SyncActivity,
    name: 'QuerySyncActivityConnection',
    description: 'Entries of the activity log.',
  },
  { name: 'QuerySyncActivityConnectionEdge', description: 'One entry of the activity log.' },
);

builder.queryField('syncActivity', (t) =>
  t.withAuth({ member: true }).field({
    type: Activities,
    description: 'What happened in the runs that the caller may see, the newest first.',
    args: {
      ...pageArgs,
      syncRunId: t.arg.id({ description: 'Of this run only; of all runs when left out.' }),
    },
    complexity: pageCost,
    resolve: (_root, args, context) => activityPage(context, args),
  }),
);
