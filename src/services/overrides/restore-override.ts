import type { Sql } from '../../database/sql.ts';

/** Makes a held, spent override active again with the expiry it had; false when it was done before. */
export async function restoreOverride(
  master: Sql,
  companyId: string,
  claimId: string,
  expiresAt: Date | null,
): Promise<boolean> {
  const rows = await master.query(
    `update sync_permissions
        set can_manual_sync_override = true, override_expires_at = $3,
            override_claim_id = null, override_claimed_at = null, override_claimed_for = null
      where company_id = $1 and override_claim_id = $2
      returning id`,
    [companyId, claimId, expiresAt],
  );
  return rows.length === 1;
}
