import type { Sql } from '../../database/sql.ts';
import { LockstepError } from '../../errors.ts';
import type { Run } from '../sync/run.ts';
import { returnUsedClaim } from './claims/return-used-claim.ts';

/**
 * Gives back what the start used, if the run has not counted a single message: the connection's own
 * right at once, the company's override through the reconciler, which knows the master. The mark in
 * the run's result keeps a later retry from running without a right.
 * @returns what was given back
 */
export async function returnRight(tx: Sql, run: Run): Promise<'right' | 'override' | null> {
  const [progress] = await tx.query<{ untouched: boolean }>(
    `select processed_count = 0 as untouched from sync_progress where org_id = $1 and sync_id = $2`,
    [run.organizationId, run.id],
  );
  if (!progress?.untouched) return null;
  const returned = run.usesOverride
    ? await returnUsedClaim(tx, run.organizationId, run.id)
    : await unlockConnection(tx, run);
  if (!returned) return null;
  await tx.query(
    `update sync_job_queue set result = coalesce(result, '{}') || '{"rightReturned": true}'
      where org_id = $1 and id = $2`,
    [run.organizationId, run.id],
  );
  return run.usesOverride ? 'override' : 'right';
}

async function unlockConnection(tx: Sql, run: Run): Promise<boolean> {
  const rows = await tx.query(
    `update connections
        set can_manual_sync = true, initial_sync_started_at = null, sync_lock_reason = null,
            locked_by = null
      where org_id = $1 and id = $2 and not can_manual_sync
      returning id`,
    [run.organizationId, run.targetId],
  );
  return rows.length === 1;
}

/**
 * Before a failed run is retried: one that had its right given back needs it again. It takes the
 * connection's right if that is still there; otherwise the way is a new start.
 * @throws LockstepError SYNC_LOCKED
 */
export async function takeRightAgain(tx: Sql, run: Run): Promise<void> {
  const [given] = await tx.query<{ back: boolean }>(
    `select coalesce((result ->> 'rightReturned')::boolean, false) as back
       from sync_job_queue where org_id = $1 and id = $2`,
    [run.organizationId, run.id],
  );
  if (!given?.back) return;
  const taken = await tx.query(
    `update connections
        set can_manual_sync = false, initial_sync_started_at = now(), locked_by = $3,
            sync_lock_reason = 'The historical sync was started and, after it had failed, retried.'
      where org_id = $1 and id = $2 and can_manual_sync and $4
      returning id`,
    [run.organizationId, run.targetId, run.userId, !run.usesOverride],
  );
  if (taken.length === 0) {
    throw new LockstepError(
      'SYNC_LOCKED',
      'This run failed before it stored anything, so its start was given back and may be used already. Start the sync anew instead of retrying this run.',
    );
  }
  await tx.query(
    `update sync_job_queue set result = result - 'rightReturned' where org_id = $1 and id = $2`,
    [run.organizationId, run.id],
  );
}
