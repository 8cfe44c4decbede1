import type { CompanyDatabase } from '../../database/company.ts';
import type { Vendor } from '../../providers/contract.ts';
import type { Purpose } from './purpose.ts';

export interface AuthorizationRow {
  readonly id: string;
  readonly org_id: string;
  readonly user_id: string;
  readonly vendor: Vendor;
  readonly purpose: Purpose;
  readonly scopes: readonly string[];
  readonly sealed: string;
}

/**
 * Uses a consent up: one statement, so that of two callbacks with one state one gets the row. The
 * wrong browser or the wrong vendor's path gets nothing and uses nothing up.
 */
export async function takeAuthorization(
  database: CompanyDatabase,
  organizationId: string,
  key: { stateHash: Buffer; browserHash: Buffer; vendor: Vendor; now: Date },
): Promise<AuthorizationRow | null> {
  const rows = await database.query<AuthorizationRow>(
    { role: 'service_role', organizationId },
    `update oauth_authorizations set used_at = $4
     where org_id = $5 and state_hash = $1 and browser_hash = $2 and vendor = $3
       and used_at is null and expires_at > $4
     returning id, org_id, user_id, vendor, purpose, scopes, sealed`,
    [key.stateHash, key.browserHash, key.vendor, key.now, organizationId],
  );
  return rows[0] ?? null;
}
