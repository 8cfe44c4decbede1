import { queryFromInfo } from '@pothos/plugin-prisma';
import { personOf } from '../resolvers/members.ts';
import { newestActivity } from '../resolvers/sync-activity.ts';
import { progressOfRuns } from '../resolvers/sync-progress.ts';
import { findRun, runConnection, runPage } from '../resolvers/sync-runs.ts';
import { builder } from './builder.ts';
import { Connection } from './connections.ts';
import { MailProvider, SyncKind, SyncStatus } from './enums.ts';
import { Member } from './member.ts';
import { pageArgs, pageCost } from './page-args.ts';
import { SyncActivity } from './sync-activity.ts';
import { SyncProgress } from './sync-progress.ts';

const newestEntries = 20;

export const SyncRun = builder.prismaNode('SyncRun', {
  id: { field: 'id' },
  description: 'One synchronisation from start to end, over any number of attempts.',
  select: { id: true },
  fields: (t) => ({
    kind: t.expose('kind', { type: SyncKind, description: 'What it synchronises.' }),
    status: t.expose('status', { type: SyncStatus, description: 'Where it is in its life.' }),
    requestedAction: t.exposeString('requestedAction', {
      nullable: true,
      description: '`pause` or `cancel` until the worker has honoured it; null otherwise.',
    }),
    phase: t.exposeString('phase', {
      nullable: true,
      description:
        'The part of the work it is in, in the words of its kind; null before the first.',
    }),
    sourceSystem: t.exposeString('sourceSystem', {
      description: 'Where the items come from: outlook, gmail, or another program.',
    }),
    progress: t.loadable({
      type: SyncProgress,
      nullable: true,
      description: 'How far it is; null when its progress has been removed.',
      load: (ids: string[], context) => progressOfRuns(ids, context),
      resolve: ({ id }) => id,
    }),
    activity: t.loadableList({
      type: SyncActivity,
      description: `The newest ${newestEntries} entries of its activity log, the newest first; \`syncActivity\` has them all.`,
      complexity: { field: 1, multiplier: newestEntries },
      load: (ids: string[], context) => newestActivity(ids, newestEntries, context),
      resolve: ({ id }) => id,
    }),
    member: t.field({
      type: Member,
      nullable: true,
      description: 'Whose data it works on; null for runs of the organisation.',
      select: { userId: true },
      resolve: ({ userId }, _args, context) => personOf(userId, context),
    }),
    connection: t.prismaField({
      type: Connection,
      nullable: true,
      description: 'The mail account it reads; null for other kinds of run.',
      select: { targetId: true, kind: true },
      resolve: (query, run, _args, context) => runConnection(context, run, query),
    }),
    attempt: t.exposeInt('attempt', {
      description: 'Failed attempts since the last page that was stored.',
    }),
    waitingUntil: t.expose('waitingUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when it waits, usually for the provider; null while it does not.',
    }),
    waitingReason: t.exposeString('waitingReason', {
      nullable: true,
      description: 'Why it waits; null while it does not.',
    }),
    usesOverride: t.exposeBoolean('usesOverride', {
      description: "Whether it was started with an administrator's override.",
    }),
    errorCode: t.exposeString('errorCode', {
      nullable: true,
      description: 'Code of the last failure; null when nothing has failed.',
    }),
    errorMessage: t.exposeString('errorMessage', {
      nullable: true,
      description: 'The last failure in a sentence, without private text.',
    }),
    queuedAt: t.expose('queuedAt', { type: 'DateTime', description: 'When it was asked for.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When a worker first took it; null before.',
    }),
    completedAt: t.expose('completedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended, however; null before.',
    }),
  }),
});

const SyncRunFilter = builder.inputType('SyncRunFilter', {
  description: 'Which runs to list. What is left out does not restrict.',
  fields: (t) => ({
    status: t.field({ type: [SyncStatus], description: 'In one of these states.' }),
    kind: t.field({ type: SyncKind, description: 'Of this kind.' }),
    provider: t.field({ type: MailProvider, description: 'Of mail of this provider.' }),
    mine: t.boolean({ description: "True: the caller's own runs only, also for administrators." }),
  }),
});

const SyncRuns = builder.connectionObject(
  { type: SyncRun, name: 'QuerySyncRunsConnection', description: 'Runs, the newest first.' },
  { name: 'QuerySyncRunsConnectionEdge', description: 'One run of the list.' },
);

builder.queryFields((t) => ({
  syncRun: t.withAuth({ member: true }).prismaField({
    type: SyncRun,
    nullable: true,
    description: 'The run with that id; null when it is unknown or not visible to the caller.',
    args: { id: t.arg.id({ required: true, description: 'Id of the run.' }) },
    resolve: (query, _root, { id }, context) => findRun(context, id, query),
  }),
  syncRuns: t.withAuth({ member: true }).field({
    type: SyncRuns,
    description:
      'Runs that the caller may see, the newest first: their own, and for administrators all of the organisation.',
    args: {
      ...pageArgs,
      filter: t.arg({ type: SyncRunFilter, description: 'Which runs; all when left out.' }),
    },
    complexity: pageCost,
    resolve: (_root, args, context, info) =>
      runPage(context, args, queryFromInfo({ context, info, path: ['edges', 'node'] })),
  }),
}));
