import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../../../src/lib/sleep.ts';
import { Heartbeat } from '../../../src/services/sync/heartbeat.ts';
import type { Lease } from '../../../src/services/sync/lease.ts';
import { reapLostRuns } from '../../../src/services/sync/reap-lost-runs.ts';
import type { Run } from '../../../src/services/sync/run.ts';
import { RunStopped } from '../../../src/services/sync/run-handler.ts';
import { createEngine, type Engine, silentLog } from './support/engine.ts';
import { numbersHandler } from './support/numbers-handler.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());
afterEach(() =>
  engine.company.query(
    engine.everywhere,
    `update sync_job_queue set status = 'cancelled' where status in ('queued', 'running')`,
  ),
);

const leaseOf = (run: Run, seconds: number): Lease => ({
  database: engine.company,
  organizationId: run.organizationId,
  runId: run.id,
  number: run.leaseNumber,
  seconds,
});

const reasonOf = (signal: AbortSignal) =>
  signal.reason instanceof RunStopped ? signal.reason.reason : signal.reason;

/** Keeps the thread busy, as a huge parse does. */
function blockEventLoop(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('Heartbeat', () => {
  it('keeps a lease that is shorter than the work', async () => {
    await engine.start();
    const run = await engine.attempt(
      numbersHandler({
        items: 3,
        pageSize: 1,
        beforePage: async (_context, first) => {
          if (first !== 1) return;
          await sleep(1600);
          await reapLostRuns(engine.company, new Map(), silentLog);
        },
      }),
      { leaseSeconds: 1, heartbeatSeconds: 0.6, watchSeconds: 0.3 },
    );
    expect(run).toMatchObject({ status: 'completed', lostLeases: 0 });
  });

  it('aborts when the lease is gone', async () => {
    await engine.start();
    const run = await engine.mustClaim();
    const heartbeat = new Heartbeat(leaseOf(run, 30), {
      heartbeatSeconds: 10,
      watchSeconds: 0.1,
      log: silentLog,
    });
    heartbeat.start();
    await engine.expireLease(run.id);
    await reapLostRuns(engine.company, new Map(), silentLog);
    await sleep(400);
    heartbeat.stop();
    expect(reasonOf(heartbeat.signal)).toBe('lease_lost');
  });

  it('stops by itself when the database does not answer for a whole lease', async () => {
    await engine.start();
    const run = await engine.mustClaim();
    const silent = { ...engine.company, query: () => new Promise<never>(() => undefined) };
    const heartbeat = new Heartbeat(
      { ...leaseOf(run, 0.5), database: silent },
      { heartbeatSeconds: 0.2, watchSeconds: 0.1, log: silentLog },
    );
    heartbeat.start();
    await sleep(800);
    heartbeat.stop();
    expect(reasonOf(heartbeat.signal)).toBe('lease_lost');
  });

  it('ends a run whose worker was blocked while another took it over', async () => {
    const { id } = await engine.start();
    const worker = { leaseSeconds: 1, heartbeatSeconds: 0.6, watchSeconds: 0.3 };
    const blocked = engine.attempt(
      numbersHandler({
        items: 10,
        pageSize: 5,
        beforePage: async (_context, first) => {
          if (first !== 5) return;
          blockEventLoop(1500);
          // What the other worker would have done meanwhile, before any of our timers can fire.
          await engine.company.query(
            engine.everywhere,
            `update sync_job_queue set lease_number = lease_number + 1, lease_owner = 'heir',
               lease_expires_at = clock_timestamp() + interval '1 minute' where id = $1`,
            [id],
          );
        },
      }),
      worker,
    );
    const run = await blocked;
    expect(run).toMatchObject({ status: 'running', leaseOwner: 'heir', checkpoint: { next: 5 } });
    expect(await engine.numbers(id)).toEqual([0, 1, 2, 3, 4]);
  });
});
