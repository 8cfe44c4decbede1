import { errorText } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { logActivity } from './activity.ts';
import { announceWait } from './announce-wait.ts';
import { commitPage } from './commit-page.ts';
import type { Heartbeat } from './heartbeat.ts';
import { type Lease, leaseScope } from './lease.ts';
import type { Run } from './run.ts';
import { type RunContext, RunStopped } from './run-handler.ts';
import { setAside } from './set-aside.ts';

export interface RunContextParts {
  readonly run: Run;
  readonly lease: Lease;
  readonly heartbeat: Heartbeat;
  readonly sliceSeconds: number;
  readonly log: Logger;
}

/** What a handler holds during one attempt. */
export function createRunContext(parts: RunContextParts): RunContext<unknown> {
  const { run, lease, heartbeat, log } = parts;
  const sliceEnds = performance.now() + parts.sliceSeconds * 1000;
  const { signal } = heartbeat;

  /** Logs what must not fail the run, and lets through what ends the attempt. */
  const optional = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (error instanceof RunStopped) throw error;
      log.warn({ runId: run.id, error: errorText(error) }, what);
    }
  };

  return {
    run,
    checkpoint: run.checkpoint,
    signal,
    database: lease.database,
    async commitPage(page, write) {
      signal.throwIfAborted();
      const requested = await commitPage(lease, page, write);
      if (page.message) {
        await optional('activity not logged', () =>
          lease.database.transaction(leaseScope(lease), (tx) =>
            logActivity(tx, run, 'progress', page.message ?? ''),
          ),
        );
      }
      if (requested) heartbeat.abort(requested === 'pause' ? 'paused' : 'cancelled');
      else if (performance.now() > sliceEnds) heartbeat.abort('slice_over');
      signal.throwIfAborted();
    },
    setAside: (tx, item) => setAside(tx, run, item),
    log: (action, message, details) =>
      optional('activity not logged', () =>
        lease.database.transaction(leaseScope(lease), (tx) =>
          logActivity(tx, run, action, message, details),
        ),
      ),
    waiting: (reason, until) =>
      optional('wait not announced', () => announceWait(lease, reason, until)),
  };
}
