import type { Sql } from '../../database/sql.ts';

export interface HeldClaim {
  readonly companyId: string;
  readonly claimId: string;
}

/** Claims that have held an override for at least so many seconds by the master's clock. */
export async function listHeldOverrides(
  master: Sql,
  minimumAgeSeconds: number,
): Promise<HeldClaim[]> {
  return master.query<HeldClaim>(
    `select company_id as "companyId", override_claim_id as "claimId"
       from sync_permissions
      where override_claim_id is not null
        and override_claimed_at <= now() - make_interval(secs => $1)
      order by override_claimed_at
      limit 500`,
    [minimumAgeSeconds],
  );
}
