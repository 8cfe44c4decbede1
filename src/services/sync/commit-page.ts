import type { Sql } from '../../database/sql.ts';
import { LockstepError } from '../../errors.ts';
import { idleSecondsWithOpen } from './idle-time.ts';
import { type Lease, leaseScope, lockLeasedRun } from './lease.ts';
import { type Page, RunStopped } from './run-handler.ts';
import type { RequestedAction } from './state.ts';

/**
 * Commits one page in one transaction: fence, the caller's rows, checkpoint, counters, lease. The run
 * row stays locked from the fence to the commit, so the page and a take-over cannot both happen.
 *
 * A page of a cancelled run is refused. A page of a run that shall pause is kept, and the answer says
 * so: the boundary after it is where the run pauses.
 * @throws RunStopped lease_lost or cancelled; nothing was written then
 */
export async function commitPage<C>(
  lease: Lease,
  page: Page<C>,
  write: (tx: Sql) => Promise<void>,
): Promise<RequestedAction | null> {
  const failed = page.failed ?? 0;
  if (!(page.processed >= 0 && failed >= 0 && failed <= page.processed)) {
    throw new LockstepError(
      'INTERNAL_SERVER_ERROR',
      `A page must have 0 <= failed <= processed, found ${failed} and ${page.processed}.`,
    );
  }
  return lease.database.transaction(leaseScope(lease), async (tx) => {
    const run = await lockLeasedRun(tx, lease);
    if (run.requestedAction === 'cancel') throw new RunStopped('cancelled');
    await write(tx);
    const [waited] = await tx.query<{ seconds: number }>(saveCheckpoint, [
      lease.organizationId,
      lease.runId,
      JSON.stringify(page.checkpoint),
      page.phase ?? null,
      lease.seconds,
      run.pausedSeconds,
    ]);
    await tx.query(addProgress, [
      lease.organizationId,
      lease.runId,
      page.processed,
      failed,
      page.total ?? null,
      waited?.seconds ?? 0,
    ]);
    return run.requestedAction;
  });
}

// A committed page proves that the run can advance: attempts and lost workers count from here again.
const saveCheckpoint = `
  update sync_job_queue set
    checkpoint = $3::jsonb,
    phase = coalesce($4, phase),
    attempt = 0,
    lost_leases = 0,
    lease_expires_at = clock_timestamp() + $5::float8 * interval '1 second',
    heartbeat_at = clock_timestamp(),
    paused_seconds = ${idleSecondsWithOpen},
    paused_at = null,
    waiting_until = null,
    waiting_reason = null
  where org_id = $1 and id = $2
  returning paused_seconds - $6::float8 as seconds`;

// The total follows the count when the provider turns out to hold more than it said.
const addProgress = `
  update sync_progress set
    total_items = greatest(coalesce($5::int, total_items),
      case when coalesce($5::int, total_items) is null then null else processed_count + $3::int end),
    processed_count = processed_count + $3::int,
    failed_count = failed_count + $4::int,
    current_item = processed_count + $3::int,
    started_at = started_at + make_interval(secs => $6::float8)
  where org_id = $1 and sync_id = $2`;
