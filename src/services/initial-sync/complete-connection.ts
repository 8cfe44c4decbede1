import type { Sql } from '../../database/sql.ts';
import type { Run } from '../sync/run.ts';

/** Marks the connection's historical sync as done. */
export async function completeConnection(
  tx: Sql,
  run: Pick<Run, 'organizationId' | 'targetId'>,
): Promise<void> {
  await tx.query(
    `update connections
        set initial_sync_completed = true, initial_sync_completed_at = now(), last_sync_at = now()
      where org_id = $1 and id = $2`,
    [run.organizationId, run.targetId],
  );
}
