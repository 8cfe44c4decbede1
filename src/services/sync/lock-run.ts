import type { Sql } from '../../database/sql.ts';
import { LockstepError } from '../../errors.ts';
import { type Run, type RunRow, runFromRow } from './run.ts';

/** Reads a run under its row lock. Everything that moves a run starts here. */
export async function lockRun(tx: Sql, organizationId: string, runId: string): Promise<Run> {
  const [row] = await tx.query<RunRow>(
    'select * from sync_job_queue where org_id = $1 and id = $2 for update',
    [organizationId, runId],
  );
  if (!row) throw new LockstepError('NOT_FOUND', 'There is no such synchronisation.');
  return runFromRow(row);
}
