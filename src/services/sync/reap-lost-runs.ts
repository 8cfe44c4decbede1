import type { CompanyDatabase } from '../../database/company.ts';
import { errorText } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { logError } from './error-log.ts';
import { lockRun } from './lock-run.ts';
import type { Run } from './run.ts';
import type { RunHandlers } from './run-handler.ts';
import { settleRun } from './settle-run.ts';

/** So many workers lost without a committed page in between: the run kills them. */
const poisonous = 3;

/** One pass takes so many; the next one comes in seconds. */
const passLimit = 100;

export interface ReapedRuns {
  /** Given to another worker, paused or cancelled as requested. */
  readonly released: number;
  /** Failed as poison. */
  readonly failed: number;
}

/**
 * Takes runs from workers whose lease ran out by the database's clock. Every worker does this every
 * few seconds; passes that meet share the work, because each run is decided under its row lock.
 */
export async function reapLostRuns(
  database: CompanyDatabase,
  handlers: RunHandlers,
  log: Logger,
): Promise<ReapedRuns> {
  const lost = await database.query<{ id: string; org_id: string }>(
    { role: 'service_role', organizationId: 'all' },
    `select id, org_id from sync_job_queue
      where status = 'running' and lease_expires_at < clock_timestamp()
      order by lease_expires_at limit $1`,
    [passLimit],
  );
  let released = 0;
  let failed = 0;
  for (const { id, org_id: organizationId } of lost) {
    try {
      const outcome = await reapRun(database, handlers, organizationId, id);
      if (!outcome) continue;
      if (outcome.status === 'failed') failed += 1;
      else released += 1;
      log.warn({ runId: id, status: outcome.status, lostLeases: outcome.lostLeases }, 'run reaped');
    } catch (error) {
      // One run that cannot be settled must not keep the others from their workers.
      log.error({ runId: id, error: errorText(error), err: error }, 'run not reaped');
    }
  }
  return { released, failed };
}

function reapRun(
  database: CompanyDatabase,
  handlers: RunHandlers,
  organizationId: string,
  runId: string,
): Promise<Run | null> {
  return database.transaction({ role: 'service_role', organizationId }, async (tx) => {
    const [still] = await tx.query(
      `select from sync_job_queue
        where org_id = $1 and id = $2 and status = 'running'
          and lease_expires_at < clock_timestamp()
        for update skip locked`,
      [organizationId, runId],
    );
    if (!still) return null;
    const run = await lockRun(tx, organizationId, runId);
    const lostLeases = run.lostLeases + 1;
    const error = {
      code: 'INTERNAL' as const,
      message: `The worker ${run.leaseOwner ?? ''} stopped answering (${lostLeases} in a row).`,
    };
    await logError(tx, run, { ...error, details: { lostLeases, leaseNumber: run.leaseNumber } });
    const event = lostLeases >= poisonous ? 'fail' : 'lease_lost';
    return settleRun(tx, handlers, run, event, { lostLeases, error });
  });
}
