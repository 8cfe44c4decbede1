import type { Sql } from '../../database/sql.ts';

/**
 * The start that took the override has its run: the claim's mark goes, the override is used up. The
 * expiry goes with it, so that an operator's later plain upsert of the flag is not born expired.
 * Returns false when this claim does not hold it, which makes the call repeatable.
 */
export async function settleOverride(
  master: Sql,
  companyId: string,
  claimId: string,
): Promise<boolean> {
  const rows = await master.query(
    `update sync_permissions
        set override_claim_id = null, override_claimed_at = null, override_claimed_for = null,
            override_expires_at = case when can_manual_sync_override then override_expires_at end
      where company_id = $1 and override_claim_id = $2
      returning id`,
    [companyId, claimId],
  );
  return rows.length === 1;
}
