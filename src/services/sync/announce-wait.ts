import { logActivity } from './activity.ts';
import { storableMessage } from './error-log.ts';
import { idleSecondsWithOpen } from './idle-time.ts';
import { type Lease, leaseScope, lockLeasedRun } from './lease.ts';

/**
 * Shows that the run waits in place, and takes the wait out of its elapsed time once it is over. A
 * wait that is announced again while it lasts is one line in the activity log.
 * @throws RunStopped lease_lost
 */
export async function announceWait(lease: Lease, reason: string, until: Date): Promise<void> {
  await lease.database.transaction(leaseScope(lease), async (tx) => {
    const run = await lockLeasedRun(tx, lease);
    const [wait] = await tx.query<{ ended_seconds: number; is_new: boolean }>(
      `update sync_job_queue set
         paused_seconds = ${idleSecondsWithOpen},
         paused_at = clock_timestamp(),
         waiting_until = $3,
         waiting_reason = $4
       where org_id = $1 and id = $2
       returning paused_seconds - $5::float8 as ended_seconds,
                 coalesce($6::timestamptz < clock_timestamp(), true) as is_new`,
      [
        lease.organizationId,
        lease.runId,
        until,
        storableMessage(reason),
        run.pausedSeconds,
        run.waitingUntil,
      ],
    );
    await tx.query(
      `update sync_progress set started_at = started_at + make_interval(secs => $3::float8)
        where org_id = $1 and sync_id = $2`,
      [lease.organizationId, lease.runId, wait?.ended_seconds ?? 0],
    );
    if (wait?.is_new) {
      const details = { until: until.toISOString() };
      await logActivity(tx, run, 'waiting', `${reason}, until ${until.toISOString()}`, details);
    }
  });
}
