import type { Sql } from '../../../database/sql.ts';

/**
 * Decides that an undecided claim does not start. From here on a start that is still under way
 * fails, so the master may be told. False when the start won, or it was returned before.
 */
export async function returnClaim(tx: Sql, claimId: string): Promise<boolean> {
  const rows = await tx.query(
    `update initial_sync_claim set state = 'returned'
      where id = $1 and state = 'claiming' returning id`,
    [claimId],
  );
  return rows.length === 1;
}
