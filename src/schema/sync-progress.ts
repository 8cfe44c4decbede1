import type { ProgressShape } from '../resolvers/sync-progress.ts';
import { percentOf, syncRunIdOf } from '../resolvers/sync-progress.ts';
import { builder } from './builder.ts';
import { SyncStatus } from './enums.ts';

export const SyncProgress = builder.objectRef<ProgressShape>('SyncProgress').implement({
  description: 'How far a run is. The same row that `sync_progress` holds.',
  fields: (t) => ({
    syncRunId: t.id({
      description: "The run's global id, or the free text under which another program reports.",
      resolve: ({ syncId }) => syncRunIdOf(syncId),
    }),
    status: t.field({
      type: SyncStatus,
      description: 'Where the run is in its life.',
      resolve: ({ status }) => status,
    }),
    entityType: t.exposeString('entityType', {
      description: 'What is counted: message, appointment, file, user, customer, …',
    }),
    sourceSystem: t.exposeString('sourceSystem', {
      description: 'Where the items come from: outlook, gmail, or what another program reports.',
    }),
    totalItems: t.exposeInt('totalItems', {
      nullable: true,
      description: 'All items; null before they are counted.',
    }),
    processedCount: t.exposeInt('processedCount', {
      description: 'Items dealt with, failed ones included.',
    }),
    failedCount: t.exposeInt('failedCount', { description: 'Items that were set aside.' }),
    currentItem: t.exposeInt('currentItem', {
      nullable: true,
      description: 'Position of the item in work, from 1; null when that is not known.',
    }),
    elapsedSeconds: t.exposeFloat('elapsedSeconds', {
      description: 'Seconds of work, paused and held time not counted.',
    }),
    speedItemsPerMinute: t.float({
      description: 'Items per minute since the start; 0 before the first one.',
      resolve: ({ speedItemsPerMin }) => speedItemsPerMin,
    }),
    etaSeconds: t.exposeFloat('etaSeconds', {
      nullable: true,
      description: 'Seconds until the end at this speed; null when that cannot be told.',
    }),
    percent: t.float({
      nullable: true,
      description: 'Share that is done, 0 to 100; null before the items are counted.',
      resolve: percentOf,
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      description: 'When any of this last changed.',
    }),
  }),
});
