import type { CompanyDatabases } from '../../database/company-databases.ts';
import type { Vendor } from '../../providers/contract.ts';

/**
 * Whether another organisation holds a live grant of this vendor account, in any company database.
 * (Within one database `saveAccount` asks again under a lock.)
 */
export async function isConnectedElsewhere(
  databases: CompanyDatabases,
  account: { vendor: Vendor; subject: string },
  organizationId: string,
): Promise<boolean> {
  for (const database of await databases.all()) {
    const rows = await database.query(
      { role: 'service_role', organizationId: 'all' },
      `select 1 from provider_grants
       where vendor = $1 and subject = $2 and org_id <> $3 and status <> 'revoked' limit 1`,
      [account.vendor, account.subject, organizationId],
    );
    if (rows.length > 0) return true;
  }
  return false;
}
