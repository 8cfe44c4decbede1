import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CompanyWorker } from '../../src/jobs/company-worker.ts';
import { sleep } from '../../src/lib/sleep.ts';
import { ProviderError } from '../../src/providers/errors.ts';
import { addJob } from '../../src/queue/add.ts';
import type { RunWorker } from '../../src/services/sync/execute-run.ts';
import { type RunHandler, runHandlers } from '../../src/services/sync/run-handler.ts';
import { createEngine, type Engine, testWorker } from '../services/sync/support/engine.ts';
import { numbersHandler } from '../services/sync/support/numbers-handler.ts';
import { withOwner } from '../support/database.ts';

let engine: Engine;
const workers: CompanyWorker[] = [];
beforeAll(async () => {
  engine = await createEngine();
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop(5)));
});
afterAll(() => engine.close());

async function working(handler: RunHandler<unknown>, overrides: Partial<RunWorker> = {}) {
  const worker = new CompanyWorker({
    worker: testWorker(engine.company, runHandlers([handler]), overrides),
    concurrency: 2,
    others: [],
    reapSeconds: 0.3,
  });
  workers.push(worker);
  await worker.start();
  return worker;
}

async function until(look: () => Promise<boolean>): Promise<void> {
  for (let patience = 400; patience > 0; patience -= 1) {
    if (await look()) return;
    await sleep(25);
  }
  throw new Error('it never came');
}

const ended = (id: string) => async () => (await engine.run(id)).status === 'completed';

describe('CompanyWorker', () => {
  it('executes runs of two organisations that were started before and after it', async () => {
    const before = await engine.start();
    await working(numbersHandler({ items: 50, pageSize: 10 }));
    const after = await engine.start({
      organizationId: engine.globex.id,
      userId: engine.globex.members.gus.id,
    });
    await until(ended(before.id));
    await until(ended(after.id));
    expect(await engine.numbers(before.id)).toHaveLength(50);
    expect(await engine.numbers(after.id)).toHaveLength(50);
  });

  it('starts the next attempt by itself when its wait is over', async () => {
    let failures = 0;
    await working(
      numbersHandler({
        items: 10,
        pageSize: 5,
        beforePage: (_context, first) => {
          if (first !== 5 || failures > 0) return;
          failures += 1;
          throw new ProviderError('RATE_LIMITED', 'slow down', { retryAfterSeconds: 1 });
        },
      }),
    );
    const { id } = await engine.start();
    await until(ended(id));
    expect(failures).toBe(1);
    expect(await engine.numbers(id)).toHaveLength(10);
  });

  it('finds a run whose ticket was lost', async () => {
    const { id } = await engine.start();
    await engine.company.query(
      engine.everywhere,
      `delete from pgboss.job where data->>'runId' = $1`,
      [id],
    );
    await working(numbersHandler({ items: 5, pageSize: 5 }));
    await until(ended(id));
  });

  it('gives its runs back when it stops, and another one goes on', async () => {
    const slow = numbersHandler({ items: 40, pageSize: 5, beforePage: () => sleep(100) });
    const first = await working(slow);
    const { id } = await engine.start();
    await until(async () => (await engine.progress(id)).processed_count > 0);
    await first.stop(10);
    const given = await engine.run(id);
    expect(given).toMatchObject({ status: 'queued', attempt: 0, lostLeases: 0 });
    await working(numbersHandler({ items: 40, pageSize: 5 }));
    await until(ended(id));
    expect(await engine.numbers(id)).toHaveLength(40);
  });

  it('goes on after every connection to the database was cut', { timeout: 60_000 }, async () => {
    await working(numbersHandler({ items: 60, pageSize: 5, beforePage: () => sleep(60) }), {
      leaseSeconds: 2,
      heartbeatSeconds: 0.5,
    });
    const { id } = await engine.start();
    await until(async () => (await engine.progress(id)).processed_count > 0);
    await withOwner(engine.databases.companyUrl, (client) =>
      client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`,
      ),
    );
    // The test's own questions share the pool whose connections were cut.
    await until(async () => {
      const run = await engine.run(id).catch(() => null);
      if (run?.status === 'queued') await engine.makeDue(id);
      return run?.status === 'completed';
    });
    expect(await engine.numbers(id)).toEqual(Array.from({ length: 60 }, (_, item) => item));
    const woken = await engine.start();
    await until(ended(woken.id));
  });

  it('makes log partitions ahead', async () => {
    await working(numbersHandler({ items: 1, pageSize: 1 }));
    await engine.company.transaction(engine.everywhere, (tx) =>
      addJob(tx, 'maintenance.partitions', {}),
    );
    await until(async () => {
      const { count } = await engine.one<{ count: number }>(
        `select count(*)::int as count from pgboss.job
          where name = 'maintenance.partitions' and state = 'completed'`,
      );
      return count === 1;
    });
    const { count } = await engine.one<{ count: number }>(
      `select count(*)::int as count from pg_inherits
        where inhparent = 'sync_activity_log'::regclass`,
    );
    expect(count).toBeGreaterThanOrEqual(4);
  });
});
