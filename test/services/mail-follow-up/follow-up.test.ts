import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { backfillOf } from '../initial-sync/support/backfill-work.ts';
import { afterPage, whenRead, whenStored } from '../initial-sync/support/backfill-world.ts';
import { type FollowWorld, startFollowWorld } from './support/follow-world.ts';

let world: FollowWorld;
beforeAll(async () => {
  world = await startFollowWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

/** Ids of the inbox, the newest last. */
const inbox = async (): Promise<string[]> =>
  (await world.mailbox.messages('inbox')).map(({ id }) => id);

/** One of everything that can happen to a message. */
async function happen() {
  await world.mailbox.createFolder({ name: 'Later' });
  const [deleted = '', thrown = '', moved = '', read = '', edited = '', intoNew = ''] = (
    await inbox()
  ).toReversed();
  const [added] = await world.mailbox.add('inbox', [{ subject: 'new' }]);
  await world.mailbox.delete(deleted, { permanent: true });
  await world.mailbox.delete(thrown);
  await world.mailbox.move(moved, 'Projects');
  await world.mailbox.move(intoNew, 'Later');
  await world.mailbox.edit(read, { isRead: (await world.message(read))?.is_read !== true });
  await world.mailbox.edit(edited, { subject: 'edited' });
  return { deleted, thrown, moved, read, edited, added: added?.id ?? '', intoNew };
}

async function expectAllOf(happened: Awaited<ReturnType<typeof happen>>, before?: boolean) {
  expect(await world.here()).toEqual(await world.atProvider());
  expect(await world.message(happened.added)).toMatchObject({ subject: 'new', folder: 'Inbox' });
  expect(await world.message(happened.moved)).toMatchObject({ folder: 'Projects' });
  expect(await world.message(happened.intoNew)).toMatchObject({ folder: 'Later' });
  expect(await world.message(happened.edited)).toMatchObject({ subject: 'edited' });
  if (before !== undefined) {
    expect(await world.message(happened.read)).toMatchObject({ is_read: !before });
  }
  for (const id of [happened.deleted, happened.thrown]) {
    expect((await world.message(id))?.deleted_at).not.toBeNull();
  }
}

describe('a followed mailbox', () => {
  beforeEach(async () => {
    await world.mailbox.createFolder({ name: 'Projects' });
    await world.mailbox.generate({ folder: 'inbox', count: 120 });
    await world.mailbox.generate({ folder: 'Projects', count: 20 });
  });

  test('has what is new, moved, changed, read and deleted', async () => {
    await world.sync();
    const read = (await inbox()).at(-4) ?? '';
    const before = (await world.message(read))?.is_read ?? false;
    const happened = await happen();
    expect(happened.read).toBe(read);
    const run = await world.follow();
    expect(run).toMatchObject({
      status: 'completed',
      result: { added: 1, changed: 4, removed: 2 },
    });
    await expectAllOf(happened, before);
    const [line] = await world.rows(
      `select message from sync_activity_log where action = 'updated'`,
    );
    expect(line).toEqual({ message: 'Followed the mailbox: 1 new, 4 changed, 2 removed.' });
    expect(await world.check()).toBe('quiet');
  });

  test('has all of it also when it happens during the historical sync', async () => {
    const { run } = await world.start();
    let happened: Awaited<ReturnType<typeof happen>> | null = null;
    const handler = afterPage(backfillOf(world.accounts), whenStored, async () => {
      happened = await happen();
    });
    await world.finish(run.id, handler);
    await world.follow();
    if (!happened) throw new Error('nothing happened');
    await expectAllOf(happened);
  });

  test('has what came between the last page and the end', async () => {
    const { run } = await world.start();
    let happened: Awaited<ReturnType<typeof happen>> | null = null;
    const handler = afterPage(backfillOf(world.accounts), whenRead, async () => {
      happened = await happen();
    });
    await world.finish(run.id, handler);
    await world.follow();
    if (!happened) throw new Error('nothing happened');
    await expectAllOf(happened);
    expect(await world.check()).toBe('quiet');
  });

  test('gets back what a person takes out of the deleted items', async () => {
    await world.sync();
    const [id = ''] = await inbox();
    await world.mailbox.delete(id);
    await world.follow();
    expect((await world.message(id))?.deleted_at).not.toBeNull();
    await world.mailbox.move(id, 'inbox');
    await world.follow();
    expect((await world.message(id))?.deleted_at).toBeNull();
    expect(await world.here()).toEqual(await world.atProvider());
  });

  test('loses a folder with its messages, but not those that moved out before', async () => {
    await world.sync();
    const [kept = ''] = (await world.mailbox.messages('Projects')).map(({ id }) => id);
    await world.mailbox.move(kept, 'inbox');
    await world.mailbox.deleteFolder('Projects');
    await world.follow();
    expect(await world.message(kept)).toMatchObject({ folder: 'Inbox', deleted_at: null });
    expect(await world.here()).toEqual(await world.atProvider());
    expect(await world.rows(`select 1 from mail_folders where name = 'Projects'`)).toEqual([]);
    expect(await world.check()).toBe('quiet');
  });

  test('leaves mail from before the window alone', async () => {
    await world.sync();
    const receivedAt = new Date(Date.now() - 500 * 86_400_000).toISOString();
    const [old] = await world.mailbox.add('inbox', [{ subject: 'old', receivedAt }]);
    await world.follow();
    expect(await world.message(old?.id ?? '')).toBeUndefined();
  });
});

describe('a look', () => {
  test('at a mailbox where nothing happened leaves nothing but its time', async () => {
    await world.mailbox.generate({ folder: 'inbox', count: 20 });
    await world.sync();
    const rows = () =>
      world.rows(
        `select (select count(*) from sync_job_queue) as runs,
                (select count(*) from sync_activity_log) as lines,
                (select count(*) from sync_progress) as progress`,
      );
    const before = await rows();
    const [then] = await world.rows<{ at: Date }>('select last_sync_at as at from connections');
    await world.control.requests.clear();
    expect(await world.check()).toBe('quiet');
    expect(await rows()).toEqual(before);
    const [now] = await world.rows<{ at: Date }>('select last_sync_at as at from connections');
    expect(now?.at.getTime()).toBeGreaterThan(then?.at.getTime() ?? 0);
    const bodies = (await world.control.requests.read({})).filter(({ path }) =>
      /\/messages(\/[^/]+)?$/.test(path.replace(/\/delta$/, '/-/-')),
    );
    expect(bodies).toEqual([]);
  });

  test('many at once start one run', async () => {
    await world.mailbox.generate({ folder: 'inbox', count: 5 });
    await world.sync();
    await world.mailbox.add('inbox', [{ subject: 'new' }]);
    const looks = await Promise.all(Array.from({ length: 6 }, () => world.check()));
    expect(looks.filter((look) => look === 'started')).toHaveLength(1);
    expect(looks.filter((look) => look === 'not_due')).toHaveLength(5);
    expect(await world.finishFollowUp()).toMatchObject({ status: 'completed' });
  });

  test('is not due before the historical sync, while it runs, or without consent', async () => {
    expect(await world.check()).toBe('not_due');
    await world.start();
    expect(await world.check()).toBe('not_due');
    await world.reset();
    await world.sync();
    await world.rows(`update connections set status = 'reconnect_required'`);
    expect(await world.check()).toBe('not_due');
  });
});
