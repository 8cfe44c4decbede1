import type { Sql } from '../../database/sql.ts';

/** `held`: this claim may restore it; `active`: a new grant is there already; `busy`: another claim holds it. */
export type SpentOverride = 'held' | 'active' | 'busy';

/**
 * First half of giving back an override that a failed run had used up. Nobody can use it while it is
 * held, so the company's claim row can be closed before `restoreOverride` makes it active: a crash
 * between the two leaves the held mark, which only this claim clears.
 */
export async function holdSpentOverride(
  master: Sql,
  companyId: string,
  claimId: string,
): Promise<SpentOverride> {
  const held = await master.query(
    `update sync_permissions
        set override_claim_id = $2, override_claimed_at = coalesce(override_claimed_at, now())
      where company_id = $1 and can_manual_sync_override is not true
        and (override_claim_id is null or override_claim_id = $2)
      returning id`,
    [companyId, claimId],
  );
  if (held.length === 1) return 'held';
  const [row] = await master.query<{ holder: string | null }>(
    'select override_claim_id as holder from sync_permissions where company_id = $1',
    [companyId],
  );
  return row?.holder && row.holder !== claimId ? 'busy' : 'active';
}
