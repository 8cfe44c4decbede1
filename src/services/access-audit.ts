import type { CompanyDatabase } from '../database/company.ts';
import type { Member } from './access-member.ts';

/**
 * Records that a super admin reads beyond their own organisations, before anything is read. Members
 * and admins leave no trace here: they see what is theirs.
 */
export async function auditReach(
  database: Pick<CompanyDatabase, 'query'>,
  { role, reach, userId, organizationId, organizations }: Member,
  requestId: string,
): Promise<void> {
  const visiting = !organizations.includes(organizationId);
  if (role !== 'super_admin' || (reach === 'organization' && !visiting)) return;
  await database.query(
    { role: 'service_role', organizationId: 'all' },
    `insert into admin_audit_log (org_id, actor_id, action, target_type, target_id, request_id)
     values ($1, $2, 'super_admin.read', 'organization', $3, $4)`,
    [
      reach === 'all' ? null : organizationId,
      userId,
      reach === 'all' ? 'all' : organizationId,
      requestId,
    ],
  );
}
