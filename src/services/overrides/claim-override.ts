import type { Sql } from '../../database/sql.ts';

/** A claim that holds the override. */
export interface HeldOverride {
  /** Kept with the run, so that an override that is given back expires when it would have. */
  readonly expiresAt: Date | null;
}

/**
 * Takes a company's active override for one claim, by compare-and-set: the flag becomes NULL and the
 * claim's mark stands in its place until `settleOverride` or `returnOverride`. Null when it is off,
 * expired or taken by another. Repeating it with the same claim changes nothing.
 * @param claimedFor who uses it, for the audit
 */
export async function claimOverride(
  master: Sql,
  companyId: string,
  claimId: string,
  claimedFor: string,
): Promise<HeldOverride | null> {
  const [row] = await master.query<{ expires_at: Date | null }>(
    `update sync_permissions
        set can_manual_sync_override = null, override_claim_id = $2,
            override_claimed_at = coalesce(override_claimed_at, now()), override_claimed_for = $3
      where company_id = $1
        and (override_claim_id = $2
          or (override_claim_id is null
            and can_manual_sync_override is true
            and (override_expires_at is null or override_expires_at > now())))
      returning override_expires_at as expires_at`,
    [companyId, claimId, claimedFor],
  );
  return row ? { expiresAt: row.expires_at } : null;
}
