import type { Sql } from '../../database/sql.ts';
import { addJob } from '../../queue/add.ts';
import type { Run } from './run.ts';

/**
 * Adds the ticket of a queued run. The fencing number in its key makes one ticket per wait in the
 * queue: adding it again does nothing, and a ticket left from an earlier wait does not block it.
 */
export async function enqueueRun(
  tx: Sql,
  run: Pick<Run, 'id' | 'organizationId' | 'leaseNumber' | 'priority'>,
  startAfterSeconds = 0,
): Promise<void> {
  await addJob(
    tx,
    'sync.run',
    { runId: run.id, organizationId: run.organizationId },
    { singletonKey: `${run.id}:${run.leaseNumber}`, startAfterSeconds, priority: run.priority },
  );
}
