import type { Sql } from '../../database/sql.ts';
import { logActivity } from './activity.ts';
import { countErrors, logError, storableMessage } from './error-log.ts';
import type { ClassifiedFailure } from './failure.ts';
import { decideFailure, type FailureAction } from './policy.ts';
import { readPolicy } from './read-policy.ts';
import type { Run } from './run.ts';
import type { RunHandlers } from './run-handler.ts';
import { settleRun } from './settle-run.ts';

/**
 * Ends a failed attempt of a locked, running run as the policy says: queued again after a wait, with
 * or without its checkpoint, or failed.
 */
export async function failAttempt(
  tx: Sql,
  handlers: RunHandlers,
  run: Run,
  failure: ClassifiedFailure,
  random: number,
): Promise<FailureAction> {
  const attempt = await countAttempts(tx, run, failure);
  const policy = await readPolicy(tx, failure.code);
  const action = decideFailure({ ...failure, attempt }, policy, random);
  const error = { code: failure.code, message: storableMessage(failure.message) };
  await logError(tx, run, { ...error, details: { attempt, action: action.kind } });
  switch (action.kind) {
    case 'retry': {
      const changes = { attempt, afterSeconds: action.afterSeconds, error };
      const moved = await settleRun(tx, handlers, run, 'retry_later', changes);
      await announce(tx, moved, action.afterSeconds, failure);
      break;
    }
    case 'restart_cursor': {
      const checkpoint = await restartFrom(tx, handlers, run);
      const changes = { attempt, afterSeconds: action.afterSeconds, error, checkpoint };
      const moved = await settleRun(tx, handlers, run, 'retry_later', changes);
      await announce(tx, moved, action.afterSeconds, failure);
      break;
    }
    case 'reconnect':
    case 'set_aside':
    case 'fail':
      await settleRun(tx, handlers, run, 'fail', { attempt, error });
      break;
  }
  return action;
}

/**
 * Failed attempts count from the last committed page. Restarts do not: a run that loses its cursor,
 * commits a page and loses it again would never end.
 */
async function countAttempts(tx: Sql, run: Run, failure: ClassifiedFailure): Promise<number> {
  if (failure.code !== 'CURSOR_EXPIRED') return run.attempt + 1;
  return (await countErrors(tx, run, failure.code)) + 1;
}

async function restartFrom(tx: Sql, handlers: RunHandlers, run: Run): Promise<unknown> {
  const handler = handlers.get(run.kind);
  const checkpoint = run.checkpoint === null ? null : (handler?.restart?.(run.checkpoint) ?? null);
  if (checkpoint === null) {
    await tx.query(
      `update sync_progress set processed_count = 0, failed_count = 0, current_item = null
        where org_id = $1 and sync_id = $2`,
      [run.organizationId, run.id],
    );
  }
  return checkpoint;
}

async function announce(
  tx: Sql,
  run: Run,
  afterSeconds: number,
  { code }: ClassifiedFailure,
): Promise<void> {
  if (run.status !== 'queued') return;
  const seconds = Math.ceil(afterSeconds);
  await logActivity(
    tx,
    run,
    'waiting',
    `Attempt ${run.attempt} stopped (${code}); the next one starts in ${seconds} s.`,
    { attempt: run.attempt, afterSeconds: seconds, code },
  );
}
