import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRun } from '../../../src/services/sync/start-run.ts';
import { createEngine, type Engine } from './support/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const tickets = (runId: string) =>
  engine.company.query<{ singleton_key: string }>(
    engine.everywhere,
    `select singleton_key from pgboss.job where name = 'sync.run' and data->>'runId' = $1`,
    [runId],
  );

describe('startRun', () => {
  it('makes the run, its progress and its ticket', async () => {
    const run = await engine.start();
    expect(run).toMatchObject({ status: 'queued', attempt: 0, leaseNumber: 0, checkpoint: null });
    expect(await engine.progress(run.id)).toMatchObject({
      status: 'queued',
      processed_count: 0,
      elapsed_seconds: 0,
    });
    expect(await tickets(run.id)).toEqual([{ singleton_key: `${run.id}:0` }]);
  });

  it('leaves nothing when the transaction rolls back', async () => {
    const targetId = randomUUID();
    let id = '';
    const started = engine.inside(async (tx) => {
      const run = await startRun(tx, {
        organizationId: engine.acme.id,
        userId: null,
        kind: 'external',
        targetId,
        entityType: 'order',
        sourceSystem: 'numbers',
      });
      id = run.id;
      throw new Error('changed my mind');
    });
    await expect(started).rejects.toThrow('changed my mind');
    expect(id).not.toBe('');
    expect(await tickets(id)).toEqual([]);
    await expect(engine.run(id)).rejects.toThrow('no row');
    await expect(engine.progress(id)).rejects.toThrow('no row');
  });

  it('returns the same run for the same idempotency key, also under concurrency', async () => {
    const input = { targetId: randomUUID(), idempotencyKey: 'key-1', input: { days: 365 } };
    const runs = await Promise.all(Array.from({ length: 8 }, () => engine.start(input)));
    expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
    expect(await tickets(runs[0]?.id ?? '')).toHaveLength(1);
  });

  it('refuses the key for something else', async () => {
    const targetId = randomUUID();
    await engine.start({ targetId, idempotencyKey: 'key-2', input: { days: 365 } });
    const other = { targetId, idempotencyKey: 'key-2', input: { days: 30 } };
    await expect(engine.start(other)).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  });

  it('starts exactly one of many runs of a target', async () => {
    const targetId = randomUUID();
    const starts = await Promise.allSettled(
      Array.from({ length: 20 }, () => engine.start({ targetId })),
    );
    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const start of starts) {
      if (start.status === 'rejected') {
        expect(start.reason).toMatchObject({ code: 'SYNC_ALREADY_RUNNING' });
      }
    }
  });
});
