import type { Sql } from '../../../database/sql.ts';

export interface NewClaim {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly userId: string;
  readonly provider: string;
}

/** Writes down the intent to use the override, before the master is asked; returns the claim's id. */
export async function openClaim(tx: Sql, claim: NewClaim): Promise<string> {
  const [row] = await tx.query<{ id: string }>(
    `insert into initial_sync_claim (org_id, connection_id, user_id, provider_key, requested_by, state)
     values ($1, $2, $3, $4, $3, 'claiming') returning id`,
    [claim.organizationId, claim.connectionId, claim.userId, claim.provider],
  );
  if (!row) throw new TypeError('insert into initial_sync_claim returned no row');
  return row.id;
}
