import type { Sql } from '../../database/sql.ts';
import { cancelRun } from '../sync/control.ts';
import type { RunHandlers } from '../sync/run-handler.ts';
import { liveStates } from '../sync/state.ts';

/**
 * Cancels every run that reads or waits to read the connection. Runs are locked before the
 * connection, as a page's commit does, so that the two cannot wait for each other.
 */
export async function cancelRuns(
  tx: Sql,
  handlers: RunHandlers,
  organizationId: string,
  connectionId: string,
): Promise<void> {
  const runs = await tx.query<{ id: string }>(
    `select id from sync_job_queue
     where org_id = $1 and target_id = $2 and status = any ($3::sync_status_type[])
     order by id for update`,
    [organizationId, connectionId, liveStates],
  );
  for (const { id } of runs) await cancelRun(tx, handlers, { organizationId, runId: id });
}
