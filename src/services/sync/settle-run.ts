import type { Sql } from '../../database/sql.ts';
import { enqueueRun } from './enqueue-run.ts';
import { finishRun } from './finish-run.ts';
import { type MoveChanges, moveRun } from './move-run.ts';
import type { Run } from './run.ts';
import type { RunHandlers } from './run-handler.ts';
import { isOutcome, type RunEvent } from './state.ts';

/**
 * Moves a locked run and does what the new state asks for, in the same transaction: a ticket when it
 * is queued, the handler's `onFinished` when it has ended. Every move but the claim comes through here.
 * @throws LockstepError ILLEGAL_TRANSITION
 */
export async function settleRun(
  tx: Sql,
  handlers: RunHandlers,
  run: Run,
  event: RunEvent,
  changes: MoveChanges = {},
): Promise<Run> {
  const moved = await moveRun(tx, run, event, changes);
  if (moved.status === 'queued') await enqueueRun(tx, moved, changes.afterSeconds);
  if (moved.status !== run.status && isOutcome(moved.status)) {
    await finishRun(tx, handlers, moved, moved.status);
  }
  return moved;
}
