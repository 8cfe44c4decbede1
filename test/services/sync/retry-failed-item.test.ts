import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RetriedItems,
  resolveFailedItem,
  retryFailedItem,
} from '../../../src/services/sync/retry-failed-item.ts';
import type { RunHandler, RunHandlers } from '../../../src/services/sync/run-handler.ts';
import { createEngine, type Engine } from './support/engine.ts';
import { numbersHandler } from './support/numbers-handler.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

/** Stores only the items it was told to retry, and reports them as resolved. */
const retrying: RunHandler<unknown> = {
  kind: 'external',
  retriesItems: true,
  execute: async (context) => {
    const { retryOf, itemKeys } = context.run.input as RetriedItems;
    const { organizationId } = context.run;
    await context.commitPage({ checkpoint: {}, processed: itemKeys.length }, async (tx) => {
      for (const key of itemKeys) {
        await tx.query('insert into numbers values ($1, $2, $3)', [
          organizationId,
          retryOf,
          Number(key),
        ]);
        await resolveFailedItem(tx, organizationId, retryOf, key);
      }
    });
  },
};
const able: RunHandlers = new Map([['external', retrying]]);

const retry = (itemId: string, handlers = able, organizationId = engine.acme.id) =>
  engine.inside((tx) => retryFailedItem(tx, handlers, { organizationId, itemId }), organizationId);

async function poisoned(): Promise<{ runId: string; itemId: string }> {
  const run = await engine.start({ input: { days: 365 } });
  await engine.attempt(numbersHandler({ items: 10, pageSize: 10, poison: [4] }));
  const item = await engine.one<{ id: string }>(
    'select id from sync_failed_item where run_id = $1',
    [run.id],
  );
  return { runId: run.id, itemId: item.id };
}

const statusOf = async (itemId: string) =>
  (
    await engine.one<{ status: string }>('select status from sync_failed_item where id = $1', [
      itemId,
    ])
  ).status;

describe('retryFailedItem', () => {
  it('starts a run for the one item and resolves it', async () => {
    const { runId, itemId } = await poisoned();
    const started = await retry(itemId);
    expect(started.input).toEqual({ days: 365, retryOf: runId, itemKeys: ['4'] });
    expect(await statusOf(itemId)).toBe('retried');
    expect((await engine.attempt(retrying)).status).toBe('completed');
    expect(await statusOf(itemId)).toBe('resolved');
    expect(await engine.numbers(runId)).toEqual(Array.from({ length: 10 }, (_, item) => item));
  });

  it('starts one run for many callers', async () => {
    const { itemId } = await poisoned();
    const calls = await Promise.allSettled(Array.from({ length: 5 }, () => retry(itemId)));
    expect(calls.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await engine.attempt(retrying);
    await expect(retry(itemId)).rejects.toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: 'This item is resolved, so it cannot be retried; only an open one can be.',
    });
  });

  it('refuses kinds that cannot and items of others', async () => {
    const { itemId } = await poisoned();
    await expect(retry(itemId, new Map())).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    await expect(retry(itemId, able, engine.globex.id)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await statusOf(itemId)).toBe('open');
  });
});
