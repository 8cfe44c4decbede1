import type { Sql } from '../../../database/sql.ts';
import type { ClaimState } from './claim.ts';

/** Notes that the master agrees with this state; does nothing when the state has moved on. */
export async function settleClaim(tx: Sql, claimId: string, state: ClaimState): Promise<void> {
  await tx.query(
    `update initial_sync_claim set settled_at = now()
      where id = $1 and state = $2 and settled_at is null`,
    [claimId, state],
  );
}
