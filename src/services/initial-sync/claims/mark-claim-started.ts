import type { Sql } from '../../../database/sql.ts';

/** Binds the claim to its run, in the transaction that makes the run; false when it was taken back. */
export async function markClaimStarted(tx: Sql, claimId: string, runId: string): Promise<boolean> {
  const rows = await tx.query(
    `update initial_sync_claim set state = 'started', run_id = $2
      where id = $1 and state = 'claiming' returning id`,
    [claimId, runId],
  );
  return rows.length === 1;
}
