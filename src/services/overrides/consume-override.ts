import type { Sql } from '../../database/sql.ts';

/**
 * Uses up the override that this claim holds, by compare-and-set: of any number of calls exactly
 * one returns true, and the audit gets one row. The expiry goes with it, so that an operator's later
 * plain upsert of the flag is not born expired.
 */
export async function consumeOverride(
  master: Sql,
  companyId: string,
  claimId: string,
): Promise<boolean> {
  const rows = await master.query(
    `update sync_permissions
        set can_manual_sync_override = null, override_expires_at = null,
            override_claim_id = null, override_claimed_at = null, updated_at = now()
      where company_id = $1 and override_claim_id = $2
      returning id`,
    [companyId, claimId],
  );
  return rows.length === 1;
}
