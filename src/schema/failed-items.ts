import { queryFromInfo } from '@pothos/plugin-prisma';
import { failedItemPage } from '../resolvers/failed-items.ts';
import { failedItemStatusOf } from '../resolvers/labels.ts';
import { builder } from './builder.ts';
import { FailedItemStatus } from './enums.ts';
import { pageArgs, pageCost } from './page-args.ts';

export const FailedItem = builder.prismaNode('SyncFailedItem', {
  name: 'FailedItem',
  id: { field: 'id' },
  description: 'An item that a run set aside; the run went on without it.',
  select: { id: true },
  fields: (t) => ({
    syncRun: t.relation('run', { description: 'The run that set it aside.' }),
    itemKey: t.exposeString('itemKey', { description: "The provider's id of the item." }),
    code: t.exposeString('code', { description: 'Code of the failure, as in the retry policies.' }),
    message: t.exposeString('message', {
      description: 'The failure in a sentence, without private text.',
    }),
    attempts: t.exposeInt('attempts', { description: 'How often it was tried.' }),
    status: t.field({
      type: FailedItemStatus,
      description: 'What became of it.',
      select: { status: true },
      resolve: ({ status }) => failedItemStatusOf(status),
    }),
    firstSeenAt: t.expose('firstSeenAt', { type: 'DateTime', description: 'First failure.' }),
    lastSeenAt: t.expose('lastSeenAt', { type: 'DateTime', description: 'Last failure.' }),
  }),
});

const FailedItems = builder.connectionObject(
  {
    type: FailedItem,
    name: 'QueryFailedItemsConnection',
    description: 'Items that were set aside.',
  },
  { name: 'QueryFailedItemsConnectionEdge', description: 'One item that was set aside.' },
);

builder.queryField('failedItems', (t) =>
  t.withAuth({ member: true }).field({
    type: FailedItems,
    description:
      'Items that runs set aside, the last seen first: of the caller, and for administrators all of the organisation.',
    args: {
      ...pageArgs,
      syncRunId: t.arg.id({ description: 'Of this run only; of all runs when left out.' }),
    },
    complexity: pageCost,
    resolve: (_root, args, context, info) =>
      failedItemPage(context, args, queryFromInfo({ context, info, path: ['edges', 'node'] })),
  }),
);
