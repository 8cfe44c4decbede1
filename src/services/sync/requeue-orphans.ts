import type { CompanyDatabase } from '../../database/company.ts';
import { queueSchema } from '../../queue/catalog.ts';
import { enqueueRun } from './enqueue-run.ts';
import { type RunRow, runFromRow } from './run.ts';

/** Looked at per pass, oldest first. Tickets are not bound to their runs, so while others wait their
 * tickets serve the orphan too; it needs one of its own only when it is among the last. */
const window = 1000;

/**
 * Adds tickets for due runs that have none waiting: whatever became of the ticket (taken by a worker
 * that died, deleted by an operator, lost with a restored backup), the run's row is the truth.
 * @returns how many were added
 */
export async function requeueOrphans(database: CompanyDatabase): Promise<number> {
  return database.transaction({ role: 'service_role', organizationId: 'all' }, async (tx) => {
    // Spelled like pg-boss's unique index of waiting jobs, so that each look is one index probe.
    const orphans = await tx.query<RunRow>(
      `select run.* from (
         select * from sync_job_queue
          where status = 'queued'
            and coalesce(next_attempt_at, queued_at) < clock_timestamp() - interval '2 seconds'
          order by queued_at limit $1
       ) run
       where not exists (
         select from ${queueSchema}.job
          where name = 'sync.run' and state = 'created' and policy = 'short'
            and coalesce(singleton_key, '') = run.id || ':' || run.lease_number)`,
      [window],
    );
    for (const row of orphans) await enqueueRun(tx, runFromRow(row));
    return orphans.length;
  });
}
