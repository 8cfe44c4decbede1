import { queryFromInfo } from '@pothos/plugin-prisma';
import { lockedSyncPage } from '../resolvers/connections.ts';
import { connectionStatusOf, mailProviderOf } from '../resolvers/labels.ts';
import { personOf } from '../resolvers/members.ts';
import { builder } from './builder.ts';
import { ConnectionStatus, MailProvider } from './enums.ts';
import { Member } from './member.ts';
import { pageArgs, pageCost } from './page-args.ts';

export const Connection = builder.prismaNode('Connection', {
  id: { field: 'id' },
  description: "A member's mail account, and whether its one-time historical sync may start.",
  select: { id: true },
  fields: (t) => ({
    provider: t.field({
      type: MailProvider,
      description: 'Whose mail it is.',
      select: { providerKey: true },
      resolve: ({ providerKey }) => mailProviderOf(providerKey),
    }),
    accountEmail: t.exposeString('accountEmail', {
      nullable: true,
      description: 'The address of the account at the provider; null before it is known.',
    }),
    status: t.field({
      type: ConnectionStatus,
      description: 'Whether the account can be used.',
      select: { status: true },
      resolve: ({ status }) => connectionStatusOf(status),
    }),
    statusReason: t.exposeString('statusReason', {
      nullable: true,
      description: 'Why it cannot be used; null while it can.',
    }),
    canManualSync: t.exposeBoolean('canManualSync', {
      description: 'Whether the one-time sync may still start without an override.',
    }),
    initialSyncCompleted: t.exposeBoolean('initialSyncCompleted', {
      description: 'Whether the one-time sync has ended with everything stored.',
    }),
    initialSyncStartedAt: t.expose('initialSyncStartedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the one-time sync was started; null before.',
    }),
    initialSyncCompletedAt: t.expose('initialSyncCompletedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the one-time sync was completed; null before.',
    }),
    syncLockReason: t.exposeString('syncLockReason', {
      nullable: true,
      description: 'Why the one-time sync is locked; null while it is not.',
    }),
    lastSyncAt: t.expose('lastSyncAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When mail was last read from the provider; null before the first time.',
    }),
    member: t.field({
      type: Member,
      nullable: true,
      description: 'Whose account it is; null when the caller may not see that person.',
      select: { tenantId: true },
      resolve: ({ tenantId }, _args, context) => personOf(tenantId, context),
    }),
  }),
});

const LockedSyncs = builder.connectionObject(
  {
    type: Connection,
    name: 'QueryLockedSyncsConnection',
    description: 'Connections whose one-time sync is locked.',
  },
  { name: 'QueryLockedSyncsConnectionEdge', description: 'One locked connection.' },
);

builder.queryField('lockedSyncs', (t) =>
  t.withAuth({ admin: true }).field({
    type: LockedSyncs,
    description:
      'Connections whose one-time sync has been used, the last started first. Administrators only.',
    args: pageArgs,
    complexity: pageCost,
    resolve: (_root, args, context, info) =>
      lockedSyncPage(context, args, queryFromInfo({ context, info, path: ['edges', 'node'] })),
  }),
);
