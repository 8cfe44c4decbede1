import type { Sql } from '../../database/sql.ts';

/**
 * Gives back an override whose start did not happen: active again, with the expiry it had. An
 * explicit `false` that an operator wrote meanwhile stands. Returns false when this claim does not
 * hold it, which makes the call repeatable and the audit exact.
 */
export async function returnOverride(
  master: Sql,
  companyId: string,
  claimId: string,
): Promise<boolean> {
  const rows = await master.query(
    `update sync_permissions
        set can_manual_sync_override = coalesce(can_manual_sync_override, true),
            override_claim_id = null, override_claimed_at = null, override_claimed_for = null
      where company_id = $1 and override_claim_id = $2
      returning id`,
    [companyId, claimId],
  );
  return rows.length === 1;
}
