import type { MemberContext } from './context.ts';
import { type PageArgs, readPage } from './page.ts';
import { organizationFilter } from './row-filter.ts';

/** Entries of the audit, the newest first. */
export function auditPage({ prisma, member }: MemberContext, args: PageArgs, query: object) {
  return readPage(
    'auditLog',
    args,
    (window) =>
      prisma.adminAuditEntry.findMany({
        ...query,
        ...window,
        where: organizationFilter(member),
        orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      }),
    async (id) => (await prisma.adminAuditEntry.count({ where: { id } })) > 0,
  );
}
