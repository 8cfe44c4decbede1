import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cancelRun, pauseRun } from '../../../src/services/sync/control.ts';
import { reapLostRuns } from '../../../src/services/sync/reap-lost-runs.ts';
import { requeueOrphans } from '../../../src/services/sync/requeue-orphans.ts';
import type { RunHandlers } from '../../../src/services/sync/run-handler.ts';
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
    `update sync_job_queue set status = 'cancelled' where status in ('queued', 'running', 'paused')`,
  ),
);

const reap = (handlers: RunHandlers = new Map()) =>
  reapLostRuns(engine.company, handlers, silentLog);

/** Claims the run and lets its worker die. */
async function loseWorker(id: string): Promise<void> {
  expect((await engine.mustClaim()).id).toBe(id);
  await engine.expireLease(id);
}

describe('reapLostRuns', () => {
  it('leaves living workers alone', async () => {
    await engine.start();
    await engine.mustClaim();
    expect(await reap()).toEqual({ released: 0, failed: 0 });
  });

  it('gives a lost run to the next worker at its checkpoint', async () => {
    const { id } = await engine.start();
    await loseWorker(id);
    expect(await reap()).toEqual({ released: 1, failed: 0 });
    expect(await engine.run(id)).toMatchObject({ status: 'queued', lostLeases: 1, attempt: 0 });
    expect(await engine.progress(id)).toMatchObject({ status: 'queued' });
    expect((await engine.mustClaim()).leaseNumber).toBe(2);
  });

  it('takes each lost run once, however many workers look', async () => {
    const runs = await Promise.all(Array.from({ length: 12 }, () => engine.start()));
    for (const _ of runs) await engine.expireLease((await engine.mustClaim()).id);
    const passes = await Promise.all(Array.from({ length: 6 }, () => reap()));
    expect(passes.reduce((sum, { released }) => sum + released, 0)).toBe(12);
    for (const { id } of runs) expect((await engine.run(id)).lostLeases).toBe(1);
  });

  it('leaves a worker alone that renewed while the reaper looked', async () => {
    const { id } = await engine.start();
    await loseWorker(id);
    const slow = {
      ...engine.company,
      query: async <R>(...args: Parameters<typeof engine.company.query>): Promise<R[]> => {
        const found = await engine.company.query<R>(...args);
        await engine.company.query(
          engine.everywhere,
          `update sync_job_queue set lease_expires_at = clock_timestamp() + interval '30 seconds'
            where id = $1`,
          [id],
        );
        return found;
      },
    };
    expect(await reapLostRuns(slow, new Map(), silentLog)).toEqual({ released: 0, failed: 0 });
    expect(await engine.run(id)).toMatchObject({ status: 'running', lostLeases: 0 });
  });

  it('fails a run that kills its workers, and tells its handler', async () => {
    const { id } = await engine.start();
    const finished: string[] = [];
    const handlers: RunHandlers = new Map([
      [
        'external',
        {
          ...numbersHandler({ items: 1, pageSize: 1 }),
          onFinished: async (_tx: unknown, run: { id: string }, outcome: string) => {
            finished.push(`${run.id} ${outcome}`);
          },
        },
      ],
    ]);
    for (let lost = 0; lost < 3; lost += 1) {
      await loseWorker(id);
      await reap(handlers);
    }
    expect(await engine.run(id)).toMatchObject({ status: 'failed', lostLeases: 3 });
    expect(finished).toEqual([`${id} failed`]);
    expect(await engine.claim()).toBeNull();
  });

  it('forgives lost workers once a page was committed', async () => {
    const { id } = await engine.start();
    await loseWorker(id);
    await reap();
    await loseWorker(id);
    await reap();
    const shutdown = new AbortController();
    await engine.attempt(
      numbersHandler({
        items: 10,
        pageSize: 5,
        beforePage: (_context, first) => {
          if (first === 5) shutdown.abort();
        },
      }),
      {},
      shutdown.signal,
    );
    expect((await engine.run(id)).lostLeases).toBe(0);
  });

  it('honours what was asked of the dead worker', async () => {
    for (const [what, status] of [
      [pauseRun, 'paused'],
      [cancelRun, 'cancelled'],
    ] as const) {
      const { id } = await engine.start();
      await loseWorker(id);
      await engine.inside((tx) =>
        what(tx, new Map(), { organizationId: engine.acme.id, runId: id }),
      );
      await reap();
      expect((await engine.run(id)).status).toBe(status);
    }
  });

  it('ends a run although its handler cannot follow, and reaps the others', async () => {
    const poison = await engine.start();
    await loseWorker(poison.id);
    await engine.company.query(
      engine.everywhere,
      'update sync_job_queue set lost_leases = 2 where id = $1',
      [poison.id],
    );
    const other = await engine.start();
    await loseWorker(other.id);
    const handlers: RunHandlers = new Map([
      [
        'external',
        {
          ...numbersHandler({ items: 1, pageSize: 1 }),
          onFinished: async (tx: { query(text: string): Promise<unknown> }) => {
            await tx.query('select 1 / 0');
          },
        },
      ],
    ]);
    expect(await reap(handlers)).toEqual({ released: 1, failed: 1 });
    expect((await engine.run(poison.id)).status).toBe('failed');
    expect((await engine.run(other.id)).status).toBe('queued');
  });
});

describe('requeueOrphans', () => {
  const tickets = async (id: string) =>
    (
      await engine.one<{ count: number }>(
        `select count(*)::int as count from pgboss.job
          where name = 'sync.run' and state = 'created' and data->>'runId' = $1`,
        [id],
      )
    ).count;
  const age = (id: string) =>
    engine.company.query(
      engine.everywhere,
      `update sync_job_queue set queued_at = queued_at - interval '1 minute' where id = $1`,
      [id],
    );

  it('adds the ticket of a due run that lost it, once', async () => {
    const { id } = await engine.start();
    await engine.company.query(
      engine.everywhere,
      `delete from pgboss.job where data->>'runId' = $1`,
      [id],
    );
    await age(id);
    await Promise.all([requeueOrphans(engine.company), requeueOrphans(engine.company)]);
    expect(await tickets(id)).toBe(1);
  });

  it('leaves runs with a ticket and runs that wait alone', async () => {
    const waiting = await engine.start();
    await engine.company.query(
      engine.everywhere,
      `update sync_job_queue set next_attempt_at = clock_timestamp() + interval '1 hour' where id = $1`,
      [waiting.id],
    );
    const { id } = await engine.start();
    await age(id);
    await age(waiting.id);
    expect(await requeueOrphans(engine.company)).toBe(0);
    expect(await tickets(id)).toBe(1);
  });
});
