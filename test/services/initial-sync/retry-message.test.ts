import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { retryFailedItem } from '../../../src/services/sync/retry-failed-item.ts';
import { type RunHandler, runHandlers } from '../../../src/services/sync/run-handler.ts';
import { backfillOf } from './support/backfill-work.ts';
import { type BackfillWorld, complete, startBackfillWorld } from './support/backfill-world.ts';

let world: BackfillWorld;
beforeAll(async () => {
  world = await startBackfillWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

/** A completed sync whose inbox held one message that could not be read. */
async function poisoned(): Promise<{ id: string; runId: string }> {
  await world.mailbox.generate({ folder: 'inbox', count: 30 });
  const [bad] = await world.mailbox.add('inbox', [{ subject: 'bad', poison: 'bad-date' }]);
  const { run } = await world.start();
  await world.finish(run.id);
  return { id: bad?.id ?? '', runId: run.id };
}

async function item() {
  const [row] = await world.rows<{ id: string; status: string; attempts: number }>(
    'select id, status, attempts from sync_failed_item',
  );
  if (!row) throw new Error('nothing was set aside');
  return row;
}

async function retry() {
  const handlers = runHandlers([backfillOf(world.accounts) as RunHandler<unknown>]);
  const { id } = await item();
  const request = { organizationId: world.acme.id, itemId: id };
  return world.inside((tx) => retryFailedItem(tx, handlers, request));
}

test('a message that the provider healed is stored and its item resolved', async () => {
  const { id, runId } = await poisoned();
  const result = await world.result(runId);
  // The sandbox cannot take a poison back, but replace it by one that cleaning makes harmless.
  await world.mailbox.edit(id, { poison: 'nul-subject' });
  await world.control.requests.clear();
  const started = await retry();
  expect(await world.finish(started.id)).toMatchObject({ status: 'completed' });
  expect(await world.compare()).toEqual(complete);
  const stored = await world.rows(
    'select provider_message_id as id, folder from messages where run_id = $1',
    [started.id],
  );
  expect(stored).toEqual([{ id, folder: 'Inbox' }]);
  expect(await item()).toMatchObject({ status: 'resolved', attempts: 1 });
  expect(await world.progress(started.id)).toEqual({
    status: 'completed',
    total_items: 1,
    processed_count: 1,
    failed_count: 0,
  });
  // Nothing but the one message is read, and the run is no second historical sync.
  const read = await world.control.requests.read({});
  expect(read.filter(({ path }) => path.includes('/messages'))).toHaveLength(1);
  expect(await world.rows('select kind from notifications')).toHaveLength(1);
  expect(await world.result(runId)).toEqual(result);
});

test('one that fails again stays open with one attempt more, and can be retried again', async () => {
  const { id } = await poisoned();
  for (const attempts of [2, 3]) {
    const started = await retry();
    expect(await world.finish(started.id)).toMatchObject({ status: 'completed' });
    expect(await item()).toMatchObject({ status: 'open', attempts });
    expect(await world.progress(started.id)).toMatchObject({ processed_count: 1, failed_count: 1 });
  }
  expect(await world.compare()).toEqual({ ...complete, lost: [id] });
});

test('one that was deleted meanwhile is discarded', async () => {
  const { id } = await poisoned();
  await world.mailbox.delete(id, { permanent: true });
  const started = await retry();
  expect(await world.finish(started.id)).toMatchObject({ status: 'completed' });
  expect(await item()).toMatchObject({ status: 'discarded' });
  expect(await world.compare()).toEqual(complete);
});

test('a retry that fails as a whole opens the item again and gives no right back', async () => {
  await poisoned();
  const started = await retry();
  await world.rows(`update connections set status = 'reconnect_required'`);
  expect(await world.finish(started.id)).toMatchObject({ status: 'failed' });
  expect(await item()).toMatchObject({ status: 'open', attempts: 2 });
  await world.rows(`update connections set status = 'connected'`);
  const again = await retry();
  expect(again.id).not.toBe(started.id);
  expect(await world.rows('select can_manual_sync from connections')).toEqual([
    { can_manual_sync: false },
  ]);
});
