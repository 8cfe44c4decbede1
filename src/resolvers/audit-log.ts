import type { MemberContext } from './context.ts';
import { keysetPage } from './keyset.ts';
import type { PageArgs } from './page.ts';
import { inOrganization } from './row-filter.ts';

/** Entries of the audit, the newest first. */
export function auditPage(context: MemberContext, args: PageArgs, query: object) {
  const { prisma, member } = context;
  return keysetPage(
    context,
    {
      name: 'auditLog',
      table: 'admin_audit_log',
      key: 'created_at',
      keyType: 'timestamptz',
      filters: [inOrganization(member)],
    },
    args,
    (ids) => prisma.adminAuditEntry.findMany({ ...query, where: { id: { in: ids } } }),
  );
}
