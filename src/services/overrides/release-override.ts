import type { Sql } from '../../database/sql.ts';

/**
 * Gives an unused override back: it stays as it is (active, or revoked meanwhile) and is free again.
 * Returns false when this claim does not hold it, which makes the call repeatable.
 */
export async function releaseOverride(
  master: Sql,
  companyId: string,
  claimId: string,
): Promise<boolean> {
  const rows = await master.query(
    `update sync_permissions
        set override_claim_id = null, override_claimed_at = null, updated_at = now()
      where company_id = $1 and override_claim_id = $2
      returning id`,
    [companyId, claimId],
  );
  return rows.length === 1;
}
