import type { Sql } from '../../../database/sql.ts';

/** Closes a claim that the master refused: nothing was reserved, so it is settled at once. */
export async function denyClaim(tx: Sql, claimId: string): Promise<void> {
  await tx.query(
    `update initial_sync_claim set state = 'denied', settled_at = now()
      where id = $1 and state = 'claiming'`,
    [claimId],
  );
}
