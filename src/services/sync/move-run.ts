import type { Sql } from '../../database/sql.ts';
import { LockstepError } from '../../errors.ts';
import { idleBegins, idleSecondsWithOpen } from './idle-time.ts';
import { type Run, type RunRow, runFromRow } from './run.ts';
import { isOutcome, nextPosition, type RunEvent } from './state.ts';

/** What besides the position changes with a move. */
export interface MoveChanges {
  readonly afterSeconds?: number;
  readonly attempt?: number;
  readonly lostLeases?: number;
  /** Null forgets the checkpoint; absent keeps it. */
  readonly checkpoint?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

const wishes: Readonly<Partial<Record<RunEvent, string>>> = {
  pause: 'paused; only one that waits or runs can be',
  resume: 'resumed; only a paused one can be',
  cancel: 'cancelled; it has ended already',
  retry: 'retried; only a failed one can be',
  approve: 'approved; only a held one can be',
};

/**
 * Moves a locked run, the only statement that writes its status, and its progress row with it.
 * @throws LockstepError ILLEGAL_TRANSITION
 */
export async function moveRun(
  tx: Sql,
  run: Run,
  event: RunEvent,
  changes: MoveChanges = {},
): Promise<Run> {
  const next = nextPosition({ status: run.status, requested: run.requestedAction }, event);
  if (!next) {
    const state = run.requestedAction ? `${run.status} and about to stop` : run.status;
    throw new LockstepError(
      'ILLEGAL_TRANSITION',
      `This synchronisation is ${state}, so it cannot be ${wishes[event] ?? `moved by ${event}`}.`,
    );
  }
  const ended = isOutcome(next.status);
  const [row] = await tx.query<RunRow>(
    `update sync_job_queue set
       status = $3,
       requested_action = $4,
       lease_owner = case when $5 then lease_owner end,
       lease_expires_at = case when $5 then lease_expires_at end,
       waiting_until = case when $5 then waiting_until end,
       waiting_reason = case when $5 then waiting_reason end,
       paused_seconds = case when $6 then ${idleSecondsWithOpen} else paused_seconds end,
       paused_at = case when $5 then paused_at when not $6 then ${idleBegins} end,
       next_attempt_at = case when $7::float8 is null then null
                         else clock_timestamp() + $7::float8 * interval '1 second' end,
       attempt = coalesce($8, attempt),
       lost_leases = coalesce($9, lost_leases),
       checkpoint = case when $10 then $11::jsonb else checkpoint end,
       error_code = coalesce($12, error_code),
       error_message = coalesce($13, error_message),
       queued_at = case when $14 then clock_timestamp() else queued_at end,
       completed_at = case when $6 then clock_timestamp() end
     where org_id = $1 and id = $2
     returning *`,
    [
      run.organizationId,
      run.id,
      next.status,
      next.requested,
      next.status === 'running',
      ended,
      next.status === 'queued' ? (changes.afterSeconds ?? null) : null,
      changes.attempt ?? null,
      changes.lostLeases ?? null,
      'checkpoint' in changes,
      JSON.stringify(changes.checkpoint ?? null),
      changes.error?.code ?? null,
      changes.error?.message ?? null,
      event === 'retry',
    ],
  );
  if (!row) throw new LockstepError('NOT_FOUND', 'There is no such synchronisation.');
  if (next.status !== run.status) {
    await tx.query('update sync_progress set status = $3 where org_id = $1 and sync_id = $2', [
      run.organizationId,
      run.id,
      next.status,
    ]);
  }
  return runFromRow(row);
}
