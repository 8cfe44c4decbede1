import type { Sql } from '../../database/sql.ts';

/** A claim that holds the override. */
export interface HeldOverride {
  /** Kept with the run, so that an override that is given back expires when it would have. */
  readonly expiresAt: Date | null;
}

/**
 * Reserves a company's active override for one claim; null when it is off, expired or reserved by
 * another. Repeating it with the same claim changes nothing.
 */
export async function claimOverride(
  master: Sql,
  companyId: string,
  claimId: string,
): Promise<HeldOverride | null> {
  const [row] = await master.query<{ expires_at: Date | null }>(
    `update sync_permissions
        set override_claim_id = $2, override_claimed_at = now(), updated_at = now()
      where company_id = $1
        and can_manual_sync_override is true
        and (override_expires_at is null or override_expires_at > now())
        and (override_claim_id is null or override_claim_id = $2)
      returning override_expires_at as expires_at`,
    [companyId, claimId],
  );
  return row ? { expiresAt: row.expires_at } : null;
}
