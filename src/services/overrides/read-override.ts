import type { Sql } from '../../database/sql.ts';

/**
 * `off`: none, revoked, used or expired (`false` means the same as NULL); `active`: free to be used
 * once; `in_use`: taken by a start that has neither used it for good nor given it back yet.
 */
export const overrideStates = ['off', 'active', 'in_use'] as const;

export type OverrideState = (typeof overrideStates)[number];

/** Reads a company's override as the master sees it now, by the master's clock. */
export async function readOverride(master: Sql, companyId: string): Promise<OverrideState> {
  const [row] = await master.query<{ state: OverrideState }>(
    `select case
       when override_claim_id is not null then 'in_use'
       when can_manual_sync_override is true
        and (override_expires_at is null or override_expires_at > now()) then 'active'
       else 'off' end as state
     from sync_permissions where company_id = $1`,
    [companyId],
  );
  return row?.state ?? 'off';
}
