import type { CompanyDatabase } from '../../database/company.ts';
import type { Sql } from '../../database/sql.ts';
import { errorText, LockstepError } from '../../errors.ts';
import { sleep } from '../../lib/sleep.ts';
import type { Logger } from '../../log.ts';
import { failAttempt } from './fail-attempt.ts';
import { type ClassifiedFailure, classifyFailure } from './failure.ts';
import { Heartbeat } from './heartbeat.ts';
import { type Lease, leaseScope, lockLeasedRun } from './lease.ts';
import type { Run } from './run.ts';
import { createRunContext } from './run-context.ts';
import { type RunHandler, type RunHandlers, RunStopped } from './run-handler.ts';
import { settleRun } from './settle-run.ts';

/** What a worker needs to execute runs of one company database. */
export interface RunWorker {
  readonly database: CompanyDatabase;
  readonly handlers: RunHandlers;
  readonly log: Logger;
  /** Names the worker in the rows it leases. */
  readonly owner: string;
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
  /** How often requests are looked for between heartbeats. */
  readonly watchSeconds: number;
  /** How long a run may keep its slot while others wait; it goes on from its checkpoint later. */
  readonly sliceSeconds: number;
  /** How long a handler may take to stop once told; then it is left behind, and the fence refuses it. */
  readonly graceSeconds: number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Executes one attempt of a claimed run and settles it. Rejects only when settling fails. */
export async function executeRun(
  worker: RunWorker,
  run: Run,
  shutdown: AbortSignal,
): Promise<void> {
  const lease: Lease = {
    database: worker.database,
    organizationId: run.organizationId,
    runId: run.id,
    number: run.leaseNumber,
    seconds: worker.leaseSeconds,
  };
  const heartbeat = new Heartbeat(lease, worker);
  const onShutdown = () => heartbeat.abort('shutdown');
  shutdown.addEventListener('abort', onShutdown, { once: true });
  if (shutdown.aborted) onShutdown();
  heartbeat.start();
  try {
    const handler = worker.handlers.get(run.kind);
    if (!handler) throw new Error(`no handler for runs of kind ${run.kind}`);
    await attempt(worker, handler, run, lease, heartbeat);
    await settle(lease, (tx, leased) => settleRun(tx, worker.handlers, leased, 'complete'));
  } catch (thrown) {
    await settleStopped(worker, run, lease, heartbeat, thrown);
  } finally {
    heartbeat.stop();
    shutdown.removeEventListener('abort', onShutdown);
  }
}

async function attempt(
  worker: RunWorker,
  handler: RunHandler<unknown>,
  run: Run,
  lease: Lease,
  heartbeat: Heartbeat,
): Promise<void> {
  const { log, sliceSeconds, graceSeconds } = worker;
  const { signal } = heartbeat;
  signal.throwIfAborted();
  const context = createRunContext({ run, lease, heartbeat, sliceSeconds, log });
  const left = new AbortController();
  const abandoned = new Promise<never>((_resolve, reject) => {
    const wait = async () => {
      await sleep(graceSeconds * 1000, left.signal);
      log.warn(
        { runId: run.id, kind: run.kind },
        'the handler ignored its signal and was left behind',
      );
      reject(signal.reason);
    };
    signal.addEventListener('abort', () => void wait().catch(() => undefined), { once: true });
  });
  try {
    await Promise.race([handler.execute(context), abandoned]);
  } finally {
    left.abort();
  }
  // A handler that ended its work while being told to stop may have skipped some of it.
  signal.throwIfAborted();
}

async function settleStopped(
  worker: RunWorker,
  run: Run,
  lease: Lease,
  heartbeat: Heartbeat,
  thrown: unknown,
): Promise<void> {
  const { handlers, log } = worker;
  // Whatever a handler throws after its signal was aborted is a consequence of that.
  const cause: unknown = heartbeat.signal.aborted ? heartbeat.signal.reason : thrown;
  try {
    if (cause instanceof RunStopped) {
      await settleRequest(handlers, lease, cause);
      log.info({ runId: run.id, kind: run.kind, reason: cause.reason }, 'run stopped');
      return;
    }
    const failure: ClassifiedFailure = classifyFailure(cause);
    const action = await settle(lease, (tx, leased) =>
      failAttempt(tx, handlers, leased, failure, worker.random()),
    );
    log.warn(
      {
        runId: run.id,
        kind: run.kind,
        code: failure.code,
        action,
        error: errorText(cause),
        err: cause,
      },
      'attempt failed',
    );
  } catch (error) {
    if (!(error instanceof RunStopped)) throw error;
    log.warn({ runId: run.id, kind: run.kind }, 'lease lost; another worker has the run');
  }
}

async function settleRequest(
  handlers: RunHandlers,
  lease: Lease,
  { reason }: RunStopped,
): Promise<void> {
  switch (reason) {
    case 'lease_lost':
      return;
    case 'paused':
    case 'cancelled':
    case 'shutdown':
    case 'slice_over':
      // The request may have been withdrawn or changed since: give_back honours what is asked now.
      await settle(lease, (tx, leased) =>
        settleRun(tx, handlers, leased, leased.requestedAction ? 'honour' : 'give_back'),
      );
  }
}

/** How often a settlement is tried while the database does not answer: over ten seconds. */
const settleTries = 5;

/**
 * Settles under the fence. When the database restarts, trying again spares the run the wait for its
 * lease to run out; a settlement that was committed although its answer got lost is then refused.
 */
async function settle<T>(lease: Lease, work: (tx: Sql, leased: Run) => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await lease.database.transaction(leaseScope(lease), async (tx) =>
        work(tx, await lockLeasedRun(tx, lease)),
      );
    } catch (error) {
      const silent = error instanceof LockstepError && error.code === 'UNAVAILABLE';
      if (!silent || tried === settleTries) throw error;
      await sleep(tried * 1000);
    }
  }
}
