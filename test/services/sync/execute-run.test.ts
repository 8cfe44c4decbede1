import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LockstepError } from '../../../src/errors.ts';
import { ProviderError } from '../../../src/providers/errors.ts';
import { executeRun } from '../../../src/services/sync/execute-run.ts';
import { type RunHandler, runHandlers } from '../../../src/services/sync/run-handler.ts';
import { createEngine, type Engine, testWorker } from './support/engine.ts';
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

const all = (items: number) => Array.from({ length: items }, (_, index) => index);

describe('executeRun', () => {
  it('completes a run with every item once and counters that say so', async () => {
    const { id } = await engine.start();
    const run = await engine.attempt(numbersHandler({ items: 25, pageSize: 10 }));
    expect(run).toMatchObject({ id, status: 'completed', checkpoint: { next: 25 }, attempt: 0 });
    expect(run.leaseOwner).toBeNull();
    expect(await engine.numbers(id)).toEqual(all(25));
    expect(await engine.progress(id)).toMatchObject({
      status: 'completed',
      total_items: 25,
      processed_count: 25,
      failed_count: 0,
      current_item: 25,
    });
  });

  it('sets poison items aside and goes on', async () => {
    const { id } = await engine.start();
    const run = await engine.attempt(numbersHandler({ items: 30, pageSize: 10, poison: [7, 19] }));
    expect(run.status).toBe('completed');
    expect(await engine.numbers(id)).toEqual(all(30).filter((item) => item !== 7 && item !== 19));
    expect(await engine.progress(id)).toMatchObject({ processed_count: 30, failed_count: 2 });
    const items = await engine.company.query(
      engine.everywhere,
      `select item_key, status, attempts from sync_failed_item where run_id = $1 order by item_key`,
      [id],
    );
    expect(items).toEqual([
      { item_key: '19', status: 'open', attempts: 1 },
      { item_key: '7', status: 'open', attempts: 1 },
    ]);
  });

  it('goes on from the last committed page after a failed attempt', async () => {
    const { id } = await engine.start();
    const visited: number[] = [];
    let broken = true;
    const handler = numbersHandler({
      items: 30,
      pageSize: 10,
      beforePage: (_context, first) => {
        visited.push(first);
        if (broken && first === 20) throw new ProviderError('PROVIDER_UNAVAILABLE', 'HTTP 503');
      },
    });
    const failed = await engine.attempt(handler);
    expect(failed).toMatchObject({
      status: 'queued',
      attempt: 1,
      errorCode: 'PROVIDER_UNAVAILABLE',
      errorMessage: 'HTTP 503',
      checkpoint: { next: 20 },
    });
    expect(failed.nextAttemptAt?.getTime()).toBeGreaterThan(Date.now());
    expect(await engine.claim()).toBeNull();
    broken = false;
    await engine.makeDue(id);
    expect((await engine.attempt(handler)).status).toBe('completed');
    expect(visited).toEqual([0, 10, 20, 20]);
    expect(await engine.numbers(id)).toEqual(all(30));
  });

  it('writes nothing of a page whose write fails', async () => {
    const { id } = await engine.start();
    const handler = numbersHandler({ items: 10, pageSize: 5 });
    await engine.attempt({
      kind: 'external',
      execute: (context) =>
        context.commitPage({ checkpoint: { next: 5 }, processed: 5, total: 10 }, async (tx) => {
          await tx.query('insert into numbers values ($1, $2, 1)', [
            context.run.organizationId,
            id,
          ]);
          throw new ProviderError('PROVIDER_TIMEOUT', 'too slow');
        }),
    });
    expect(await engine.numbers(id)).toEqual([]);
    expect(await engine.run(id)).toMatchObject({ checkpoint: null, status: 'queued' });
    await engine.makeDue(id);
    await engine.attempt(handler);
    expect(await engine.numbers(id)).toEqual(all(10));
  });

  it('gives the run back at shutdown without counting an attempt', async () => {
    const { id } = await engine.start();
    const shutdown = new AbortController();
    const run = await engine.attempt(
      numbersHandler({
        items: 30,
        pageSize: 10,
        beforePage: (_context, first) => {
          if (first === 20) shutdown.abort();
        },
      }),
      {},
      shutdown.signal,
    );
    expect(run).toMatchObject({ id, status: 'queued', attempt: 0, lostLeases: 0, errorCode: null });
    expect(run.checkpoint).toEqual({ next: 20 });
    expect(run.nextAttemptAt).toBeNull();
    expect((await engine.attempt(numbersHandler({ items: 30, pageSize: 10 }))).status).toBe(
      'completed',
    );
  });

  it('gives the run back when its slice is over', async () => {
    await engine.start();
    const handler = numbersHandler({ items: 30, pageSize: 10 });
    const run = await engine.attempt(handler, { sliceSeconds: 0 });
    expect(run).toMatchObject({ status: 'queued', attempt: 0, checkpoint: { next: 10 } });
  });

  it('leaves a handler behind that ignores its signal', async () => {
    await engine.start();
    const shutdown = new AbortController();
    setTimeout(() => shutdown.abort(), 50);
    let release = () => {};
    const stuck = new Promise<void>((resolve) => {
      release = resolve;
    });
    const run = await engine.attempt(
      { kind: 'external', execute: () => stuck },
      { graceSeconds: 0.1 },
      shutdown.signal,
    );
    release();
    expect(run.status).toBe('queued');
  });

  it('settles once the database answers again', async () => {
    const { id } = await engine.start();
    const run = await engine.mustClaim();
    let refusals = 2;
    const flaky = {
      ...engine.company,
      transaction: <T>(...args: Parameters<typeof engine.company.transaction<T>>) => {
        refusals -= 1;
        if (refusals >= 0) throw new LockstepError('UNAVAILABLE', 'the database is restarting');
        return engine.company.transaction<T>(...args);
      },
    };
    const idle: RunHandler<unknown> = { kind: 'external', execute: async () => undefined };
    const worker = testWorker(flaky, runHandlers([idle]));
    await executeRun(worker, run, new AbortController().signal);
    expect(await engine.run(id)).toMatchObject({ status: 'completed', lostLeases: 0, attempt: 0 });
  });

  it('calls onFinished in the transaction that ends the run', async () => {
    const { id } = await engine.start();
    const outcomes: string[] = [];
    const handler = {
      ...numbersHandler({ items: 5, pageSize: 5 }),
      onFinished: async (
        tx: Parameters<Parameters<Engine['inside']>[0]>[0],
        run: { id: string },
        outcome: string,
      ) => {
        const [seen] = await tx.query<{ status: string }>(
          'select status from sync_job_queue where id = $1',
          [run.id],
        );
        outcomes.push(`${outcome}, row says ${seen?.status}`);
        if (outcomes.length === 1) throw new Error('the follow-up is not ready');
      },
    };
    const first = await engine.attempt(handler);
    expect(first).toMatchObject({ status: 'queued', attempt: 1, errorCode: 'INTERNAL' });
    await engine.makeDue(id);
    expect((await engine.attempt(handler)).status).toBe('completed');
    expect(outcomes).toEqual(['completed, row says completed', 'completed, row says completed']);
  });
});
