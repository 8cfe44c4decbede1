import type { MemberContext } from './context.ts';
import { keysetPage } from './keyset.ts';
import type { PageArgs } from './page.ts';
import { inOrganization } from './row-filter.ts';

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
export function lockedSyncPage(context: MemberContext, args: PageArgs, query: object) {
  const { prisma, member } = context;
  return keysetPage(
    context,
    {
      name: 'lockedSyncs',
      table: 'connections',
      // Operators lock by plain SQL too, without saying since when.
      key: 'coalesce(initial_sync_started_at, updated_at)',
      keyType: 'timestamptz',
      filters: [inOrganization(member), ['can_manual_sync = ?', false]],
    },
    args,
    (ids) => prisma.connection.findMany({ ...query, where: { id: { in: ids } } }),
  );
}
