import type { Sql } from '../../database/sql.ts';
import { logError } from './error-log.ts';
import { classifyFailure } from './failure.ts';
import type { Run } from './run.ts';
import type { RunHandlers } from './run-handler.ts';
import type { RunOutcome } from './state.ts';

/**
 * Calls the handler's `onFinished` in the transaction that ended the run. A fault in it undoes a
 * completion, which then counts as a failed attempt; a run that failed or was cancelled ends anyway,
 * or nothing could ever end it, and the fault is in the error log.
 */
export async function finishRun(
  tx: Sql,
  handlers: RunHandlers,
  run: Run,
  outcome: RunOutcome,
): Promise<void> {
  const handler = handlers.get(run.kind);
  if (!handler?.onFinished) return;
  if (outcome === 'completed') return handler.onFinished(tx, run, outcome);
  await tx.query('savepoint run_finished');
  try {
    await handler.onFinished(tx, run, outcome);
    await tx.query('release savepoint run_finished');
  } catch (error) {
    await tx.query('rollback to savepoint run_finished');
    const { code, message } = classifyFailure(error);
    await logError(tx, run, { code, message, details: { during: 'the end of the run' } });
  }
}
