import { controlRun, retryItem } from '../resolvers/run-control.ts';
import { SyncRefusedError } from '../resolvers/shown-errors.ts';
import { builder } from './builder.ts';
import { SyncRun } from './sync-runs.ts';

const ownOrAdmin =
  "Possible for the caller's own runs, for administrators for all of the organisation.";

builder.mutationFields((t) => ({
  pauseSync: t.withAuth({ member: true }).prismaField({
    type: SyncRun,
    description: `Pauses a run: at once while it waits, at its next page while it works. ${ownOrAdmin}`,
    args: { id: t.arg.id({ required: true, description: 'Id of the run.' }) },
    errors: { types: [SyncRefusedError] },
    resolve: (query, _root, { id }, context) => controlRun(context, id, 'pause', query),
  }),
  resumeSync: t.withAuth({ member: true }).prismaField({
    type: SyncRun,
    description: `Lets a paused run go on. ${ownOrAdmin}`,
    args: { id: t.arg.id({ required: true, description: 'Id of the run.' }) },
    errors: { types: [SyncRefusedError] },
    resolve: (query, _root, { id }, context) => controlRun(context, id, 'resume', query),
  }),
  cancelSync: t.withAuth({ member: true }).prismaField({
    type: SyncRun,
    description: `Ends a run for good; what it stored stays. ${ownOrAdmin}`,
    args: { id: t.arg.id({ required: true, description: 'Id of the run.' }) },
    errors: { types: [SyncRefusedError] },
    resolve: (query, _root, { id }, context) => controlRun(context, id, 'cancel', query),
  }),
  retrySync: t.withAuth({ member: true }).prismaField({
    type: SyncRun,
    description: `Lets a failed run go on from its last stored page; needs no override. ${ownOrAdmin}`,
    args: { id: t.arg.id({ required: true, description: 'Id of the run.' }) },
    errors: { types: [SyncRefusedError] },
    resolve: (query, _root, { id }, context) => controlRun(context, id, 'retry', query),
  }),
  retryFailedItem: t.withAuth({ member: true }).prismaField({
    type: SyncRun,
    description: `Starts a run for one open item that was set aside. ${ownOrAdmin}`,
    args: { id: t.arg.id({ required: true, description: 'Id of the failed item.' }) },
    errors: { types: [SyncRefusedError] },
    resolve: (query, _root, { id }, context) => retryItem(context, id, query),
  }),
}));
