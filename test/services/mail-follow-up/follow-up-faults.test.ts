import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FaultRuleInput } from '../../../sandbox/core/fault-rule.ts';
import { retryFailedItem } from '../../../src/services/sync/retry-failed-item.ts';
import { type RunHandler, runHandlers } from '../../../src/services/sync/run-handler.ts';
import { type FollowWorld, followUpOf, startFollowWorld } from './support/follow-world.ts';

let world: FollowWorld;
beforeAll(async () => {
  world = await startFollowWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const inbox = async (): Promise<string[]> =>
  (await world.mailbox.messages('inbox')).map(({ id }) => id);

/** Changes every fifth message in one of four ways and adds some. */
async function stir(): Promise<void> {
  await world.mailbox.generate({ folder: 'inbox', count: 60 });
  const ids = (await inbox()).filter((_, index) => index % 5 === 0);
  for (const [index, id] of ids.entries()) {
    if (index % 4 === 0) await world.mailbox.delete(id, { permanent: index % 8 === 0 });
    if (index % 4 === 1) await world.mailbox.move(id, 'archive');
    if (index % 4 === 2) await world.mailbox.edit(id, { subject: `edited ${index}` });
    if (index % 4 === 3) await world.mailbox.edit(id, { isRead: true });
  }
}

/** Provider and database hold the same messages in the same folders. */
const expectEqual = async () => expect(await world.here()).toEqual(await world.atProvider());

async function synced(count = 200): Promise<void> {
  await world.mailbox.generate({ folder: 'inbox', count });
  await world.sync();
}

describe('a watermark that the provider forgot', () => {
  test.each(['SyncStateNotFound', 'resyncRequired', 'location'] as const)(
    'closes exactly the gap and says so (%s)',
    async (deltaGone) => {
      await synced();
      await world.control.microsoft.changeSettings({ deltaGone });
      const all = await inbox();
      const [old = '', older = '', gone = ''] = all;
      await world.mailbox.add('inbox', [
        { subject: 'unseen' },
        { subject: 'unseen, old', receivedAt: '2026-03-01T10:00:00Z' },
      ]);
      await world.mailbox.edit(old, { subject: 'edited unseen' });
      await world.mailbox.edit(older, { isRead: (await world.message(older))?.is_read !== true });
      await world.mailbox.delete(gone, { permanent: true });
      await world.mailbox.killDeltaTokens();
      const untouched = await world.rows(
        'select id, xmin::text from messages where not (provider_message_id = any ($1)) order by id',
        [[old, older, gone]],
      );
      expect(await world.follow()).toMatchObject({
        status: 'completed',
        result: { added: 2, changed: 2, removed: 1 },
      });
      await expectEqual();
      expect(await world.message(old)).toMatchObject({ subject: 'edited unseen' });
      // Nothing but the gap is written.
      expect(await world.rows('select id, xmin::text from messages order by id')).toEqual(
        expect.arrayContaining(untouched),
      );
      const lines = await world.rows<{ message: string }>(
        `select message from sync_activity_log where message like '%the gap is closed%'`,
      );
      expect(lines.map(({ message }) => message)).toContainEqual(
        expect.stringMatching(/what changed in Inbox since \d{4}-/),
      );
      expect(await world.check()).toBe('quiet');
    },
  );

  test('in the middle of a round is tried from its beginning first', async () => {
    await world.control.microsoft.changeSettings({ pageSize: 10, deltaGone: 'SyncStateNotFound' });
    await synced(100);
    await stir();
    await world.control.faults.add({
      match: { path: '/messages/delta$', query: 'skiptoken' },
      times: 1,
      action: { type: 'status', status: 410, body: { error: { code: 'SyncStateNotFound' } } },
    });
    expect(await world.follow()).toMatchObject({ status: 'completed' });
    await expectEqual();
    expect(
      await world.rows(`select 1 from sync_activity_log where message like '%the gap%'`),
    ).toEqual([]);
    await world.control.microsoft.changeSettings({ pageSize: null });
  });
});

describe('passing faults of the provider lose nothing', () => {
  const faults: [string, FaultRuleInput['action']][] = [
    ['429', { type: 'throttle', seconds: 1 }],
    ['503', { type: 'status', status: 503 }],
    ['an answer cut in the middle', { type: 'truncate' }],
    ['a reset connection', { type: 'reset' }],
  ];
  test.each(faults)('%s', async (_name, action) => {
    await synced();
    await stir();
    expect(await world.check()).toBe('started');
    await world.control.faults.add({ match: { path: '/delta$' }, times: 2, action });
    await world.control.faults.add({
      match: { path: '/me/messages/[^/]+$' },
      after: 5,
      times: 4,
      action,
    });
    expect(await world.finishFollowUp()).toMatchObject({ status: 'completed' });
    await expectEqual();
  });

  test('a look that fails starts nothing, and the next one does', async () => {
    await synced(20);
    await world.mailbox.add('inbox', [{ subject: 'new' }]);
    await world.control.faults.add({
      match: { path: '/delta$' },
      times: 1,
      action: { type: 'status', status: 500 },
    });
    await expect(world.check()).rejects.toMatchObject({ failure: 'PROVIDER_UNAVAILABLE' });
    expect(await world.follow()).toMatchObject({ status: 'completed', result: { added: 1 } });
  });
});

describe('one poisonous message', () => {
  test('is set aside, everything else is stored, and it can be retried alone', async () => {
    await synced(20);
    const [bad] = await world.mailbox.add('inbox', [{ subject: 'bad', poison: 'bad-date' }]);
    const id = bad?.id ?? '';
    await world.mailbox.add('inbox', [{ subject: 'good' }]);
    const run = await world.follow();
    expect(run).toMatchObject({ status: 'completed', result: { added: 1 } });
    const [item] = await world.rows<{ id: string; item_key: string }>(
      'select id, item_key from sync_failed_item',
    );
    expect(item?.item_key).toBe(id);
    expect(await world.check()).toBe('quiet');
    await world.mailbox.edit(id, { poison: 'nul-subject' });
    const handlers = runHandlers([followUpOf(world) as RunHandler<unknown>]);
    const request = { organizationId: world.acme.id, itemId: item?.id ?? '' };
    await world.inside((tx) => retryFailedItem(tx, handlers, request));
    expect(await world.finishFollowUp()).toMatchObject({ status: 'completed' });
    await expectEqual();
    expect(await world.rows('select status from sync_failed_item')).toEqual([
      { status: 'resolved' },
    ]);
  });
});

test('another account behind the connection is refused', async () => {
  await synced(20);
  await world.mailbox.add('inbox', [{ subject: 'new' }]);
  expect(await world.check()).toBe('started');
  await world.rows(`update connections set account_subject = 'somebody else'`);
  expect(await world.finishFollowUp()).toMatchObject({ status: 'failed', errorCode: 'FORBIDDEN' });
  expect(await world.rows('select 1 from messages')).toHaveLength(20);
});

test('kill -9 at any moment loses and doubles nothing', async () => {
  await synced(400);
  const before = await world.here();
  await world.control.microsoft.changeSettings({ pageSize: 20 });
  await stir();
  await world.mailbox.createFolder({ name: 'New' });
  await world.mailbox.generate({ folder: 'New', count: 150 });
  expect(await world.check()).toBe('started');
  const { id } = await world.newestRun();
  const start = (): ChildProcess =>
    fork(new URL('./support/follow-worker.ts', import.meta.url), [JSON.stringify(world.address)]);
  const kill = async (child: ChildProcess): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const checkpoint = async () => JSON.stringify((await world.run(id)).checkpoint);
  for (let killed = 0; killed < 4; killed += 1) {
    const child = start();
    const seen = await checkpoint();
    while ((await checkpoint()) === seen && (await world.run(id)).status !== 'completed') {
      await delay(5);
    }
    await delay(Math.random() * 80);
    await kill(child);
  }
  const last = start();
  while (!['completed', 'failed'].includes((await world.run(id)).status)) await delay(50);
  await kill(last);
  expect(await world.run(id)).toMatchObject({ status: 'completed' });
  await expectEqual();
  const added = Object.keys(await world.here()).filter((one) => !(one in before)).length;
  expect(added).toBeGreaterThan(190);
  expect((await world.run(id)).result).toMatchObject({ added });
  await world.control.microsoft.changeSettings({ pageSize: null });
}, 120_000);
