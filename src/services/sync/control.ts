import type { Sql } from '../../database/sql.ts';
import { LockstepError } from '../../errors.ts';
import { lockRun } from './lock-run.ts';
import type { Run } from './run.ts';
import type { RunHandlers } from './run-handler.ts';
import { settleRun } from './settle-run.ts';
import { liveStates, type RunEvent } from './state.ts';

/** One person's wish for one run; who may ask is the caller's to check. */
export interface RunRequest {
  readonly organizationId: string;
  readonly runId: string;
}

/**
 * Pauses a run: at once when it waits, within seconds when it runs (`requestedAction` until then).
 * @throws LockstepError NOT_FOUND, ILLEGAL_TRANSITION
 */
export function pauseRun(tx: Sql, handlers: RunHandlers, request: RunRequest): Promise<Run> {
  return move(tx, handlers, request, 'pause');
}

/**
 * Lets a paused run go on, or withdraws a pause that was not honoured yet.
 * @throws LockstepError NOT_FOUND, ILLEGAL_TRANSITION
 */
export function resumeRun(tx: Sql, handlers: RunHandlers, request: RunRequest): Promise<Run> {
  return move(tx, handlers, request, 'resume');
}

/**
 * Ends a run for good, its pending attempts included; what it stored stays.
 * @throws LockstepError NOT_FOUND, ILLEGAL_TRANSITION
 */
export function cancelRun(tx: Sql, handlers: RunHandlers, request: RunRequest): Promise<Run> {
  return move(tx, handlers, request, 'cancel');
}

/**
 * Lets a held run go on after somebody looked at what it would do.
 * @throws LockstepError NOT_FOUND, ILLEGAL_TRANSITION
 */
export function approveRun(tx: Sql, handlers: RunHandlers, request: RunRequest): Promise<Run> {
  return move(tx, handlers, request, 'approve');
}

/**
 * Queues a failed run again; it goes on from its last committed page.
 * @throws LockstepError NOT_FOUND, ILLEGAL_TRANSITION, SYNC_ALREADY_RUNNING, and what the handler's
 *   `onRetry` refuses with
 */
export async function retryRun(tx: Sql, handlers: RunHandlers, request: RunRequest): Promise<Run> {
  const run = await lockRun(tx, request.organizationId, request.runId);
  if (run.status === 'failed') {
    await refuseSecondLiveRun(tx, run);
    await handlers.get(run.kind)?.onRetry?.(tx, run);
  }
  return settleRun(tx, handlers, run, 'retry', { attempt: 0, lostLeases: 0 });
}

async function move(
  tx: Sql,
  handlers: RunHandlers,
  request: RunRequest,
  event: RunEvent,
): Promise<Run> {
  const run = await lockRun(tx, request.organizationId, request.runId);
  return settleRun(tx, handlers, run, event);
}

/** The unique index has the last word under concurrency; this gives the answer its text. */
async function refuseSecondLiveRun(tx: Sql, run: Run): Promise<void> {
  const [live] = await tx.query(
    `select from sync_job_queue
      where org_id = $1 and kind = $2 and target_id = $3 and status = any ($4::sync_status_type[])`,
    [run.organizationId, run.kind, run.targetId, liveStates],
  );
  if (live) {
    throw new LockstepError(
      'SYNC_ALREADY_RUNNING',
      'A newer synchronisation of this account is under way, so the failed one cannot be retried.',
    );
  }
}
