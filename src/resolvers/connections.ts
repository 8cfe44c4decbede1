import type { MemberContext } from './context.ts';
import { type PageArgs, readPage } from './page.ts';
import { organizationFilter } from './row-filter.ts';

/** Connections of the caller in their organisation, in the order of their making. */
export function ownConnections({ prisma, member }: MemberContext, query: object) {
  return prisma.connection.findMany({
    ...query,
    where: { orgId: member.organizationId, tenantId: member.userId },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    // One per provider; the bound only keeps the promise that nothing is unbounded.
    take: 100,
  });
}

/** Connections whose one-time sync has been used, the last started first. */
export function lockedSyncPage({ prisma, member }: MemberContext, args: PageArgs, query: object) {
  return readPage(
    'lockedSyncs',
    args,
    (window) =>
      prisma.connection.findMany({
        ...query,
        ...window,
        where: { ...organizationFilter(member), canManualSync: false },
        orderBy: [{ initialSyncStartedAt: { sort: 'desc', nulls: 'last' } }, { id: 'asc' }],
      }),
    async (id) => (await prisma.connection.count({ where: { id } })) > 0,
  );
}
