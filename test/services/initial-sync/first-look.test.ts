import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { backfillOf } from './support/backfill-work.ts';
import {
  afterPage,
  type BackfillWorld,
  complete,
  startBackfillWorld,
  whenStored,
} from './support/backfill-world.ts';

let world: BackfillWorld;
beforeAll(async () => {
  world = await startBackfillWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  await world.control.microsoft.changeSettings({ pageSize: null });
});

const rounds = { path: '/messages/delta$' };
const inboxId = async () =>
  (await world.mailbox.folders()).find(({ wellKnown }) => wellKnown === 'inbox')?.id ?? '';

test('the first messages of 20,000 are there within two seconds, however long the watermark takes', async () => {
  await world.mailbox.generate({ folder: 'inbox', count: 20_000 });
  await world.control.faults.add({ match: rounds, action: { type: 'delay', ms: 300 } });
  const { run } = await world.start();
  const started = performance.now();
  const finished = world.finish(run.id);
  while ((await world.rows('select 1 from messages limit 1')).length === 0) await delay(5);
  expect(performance.now() - started).toBeLessThan(2000);
  await world.rows('update sync_job_queue set requested_action = $1', ['cancel']);
  await finished;
}, 30_000);

test('a watermark that was interrupted goes on where it stopped', async () => {
  await world.control.microsoft.changeSettings({ pageSize: 200 });
  await world.mailbox.generate({ folder: 'inbox', count: 2000 });
  const { run } = await world.start();
  // Ids end in characters that a path may carry in two spellings.
  const path = `${(await inboxId()).replace(/=+$/, '')}[^/]*/messages/delta$`;
  await world.control.faults.add({
    match: { path },
    after: 6,
    times: 1,
    action: { type: 'status', status: 503 },
  });
  await world.attempt();
  expect(await world.run(run.id)).toMatchObject({ status: 'queued' });
  expect(await world.finish(run.id)).toMatchObject({ status: 'completed' });
  const asked = await world.control.requests.read({ path });
  // Ten or eleven pages of ids, one of them asked for twice.
  expect(asked.length).toBeLessThanOrEqual(12);
  expect(await world.compare()).toEqual(complete);
});

test('one that the provider forgot is taken anew', async () => {
  await world.control.microsoft.changeSettings({ pageSize: 200 });
  await world.mailbox.generate({ folder: 'inbox', count: 2000 });
  const { run } = await world.start();
  const fault = { match: rounds, after: 6, times: 1 } as const;
  await world.control.faults.add({ ...fault, action: { type: 'status', status: 503 } });
  await world.attempt();
  await world.mailbox.killDeltaTokens();
  expect(await world.finish(run.id)).toMatchObject({ status: 'completed' });
  expect(await world.compare()).toEqual(complete);
});

test('what leaves the mailbox between the first look and the watermark is not kept', async () => {
  await world.mailbox.createFolder({ name: 'Projects' });
  await world.mailbox.generate({ folder: 'inbox', count: 1600 });
  const newest = (await world.mailbox.messages('inbox')).slice(-3).map(({ id }) => id);
  const [deleted = '', thrown = '', moved = ''] = newest;
  const { run } = await world.start();
  const handler = afterPage(backfillOf(world.accounts), whenStored, async () => {
    await world.mailbox.delete(deleted, { permanent: true });
    await world.mailbox.delete(thrown);
    await world.mailbox.move(moved, 'Projects');
  });
  expect(await world.finish(run.id, handler)).toMatchObject({ status: 'completed' });
  expect(await world.result(run.id)).toMatchObject({ expected: 1598, stored: 1598, extra: 0 });
  expect(
    await world.rows('select provider_message_id as id from messages where deleted_at is not null'),
  ).toHaveLength(2);
  expect(
    await world.rows('select folder from messages where provider_message_id = $1', [moved]),
  ).toEqual([{ folder: 'Projects' }]);
  expect(await world.progress(run.id)).toMatchObject({ processed_count: 1600 });
});
