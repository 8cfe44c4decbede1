import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MailProvider } from '../../../src/providers/contract.ts';
import { type GoogleWorld, startGoogleWorld, user } from './world.ts';

let world: GoogleWorld;
let provider: MailProvider;
let start = '';

beforeAll(async () => {
  world = await startGoogleWorld();
  provider = world.open();
  start = (await provider.takeWatermark('all')).value;
});
afterEach(async () => {
  await world.control.faults.clear();
  start = (await provider.takeWatermark('all')).value;
});
afterAll(() => world.close());

const mailbox = () => world.control.google.mailbox(user);
const deliver = async (labels: string[]) => (await mailbox().deliver([{ labels }]))[0]?.id ?? '';

describe('what happened since', () => {
  it('tells what is new, read, starred or moved as changed', async () => {
    const [read, starred, moved] = [
      await deliver(['INBOX', 'UNREAD']),
      await deliver(['INBOX']),
      await deliver(['INBOX']),
    ];
    const { value } = await provider.takeWatermark('all');
    await mailbox().markRead(read);
    await mailbox().relabel(starred, { add: ['STARRED'] });
    await mailbox().relabel(moved, { add: ['Projects/Atlas'], remove: ['INBOX'] });
    const fresh = await deliver(['INBOX']);
    const page = await provider.changesSince(value);
    expect(page.changed.toSorted()).toEqual([read, starred, moved, fresh].toSorted());
    expect(page.removed).toEqual([]);
  });

  it('tells what is deleted, thrown away or spam as removed, and what comes back as changed', async () => {
    const [deleted, binned, spam, returned] = [
      await deliver(['INBOX']),
      await deliver(['INBOX']),
      await deliver(['INBOX']),
      await deliver(['TRASH']),
    ];
    const { value } = await provider.takeWatermark('all');
    await mailbox().delete(deleted);
    await mailbox().trash(binned);
    await mailbox().relabel(spam, { add: ['SPAM'], remove: ['INBOX'] });
    await mailbox().untrash(returned);
    const page = await provider.changesSince(value);
    expect(page.removed.toSorted()).toEqual([deleted, binned, spam].toSorted());
    expect(page.changed).toEqual([returned]);
  });

  it('says nothing of drafts and spam that were never elsewhere', async () => {
    await deliver(['DRAFT']);
    await deliver(['SPAM', 'UNREAD']);
    expect(await provider.changesSince(start)).toMatchObject({ changed: [], removed: [] });
  });

  it('follows pages to the end; the last state of a message counts on each', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 25; index += 1) ids.push(await deliver(['INBOX']));
    await mailbox().trash(ids[3] ?? '');
    await world.control.google.changeSettings({ pageSize: 10 });
    const states = new Map<string, string>();
    let pages = 0;
    let watermark: string | null = null;
    for (let cursor: string | null = start; cursor; ) {
      const page = await provider.changesSince(cursor);
      for (const id of page.changed) states.set(id, 'changed');
      for (const id of page.removed) states.set(id, 'removed');
      pages += 1;
      expect((page.next === null) !== (page.watermark === null)).toBe(true);
      watermark = page.watermark;
      cursor = page.next;
    }
    await world.control.google.changeSettings({ pageSize: null });
    expect(pages).toBe(3);
    expect(ids.map((id) => states.get(id))).toEqual(
      ids.map((_, index) => (index === 3 ? 'removed' : 'changed')),
    );
    expect(watermark).toBe((await provider.takeWatermark('all')).value);
  });

  it('says when Gmail has forgotten: cursor too old, unknown or damaged', async () => {
    await mailbox().killHistory();
    for (const cursor of [start, '0', '99999999999999999999', 'https://x', '1 damaged']) {
      await expect(provider.changesSince(cursor)).rejects.toMatchObject({
        failure: 'CURSOR_EXPIRED',
      });
    }
  });

  it.each([
    ['an outage', { type: 'status', status: 503 } as const, 'PROVIDER_UNAVAILABLE'],
    ['HTML', { type: 'html' } as const, 'PROVIDER_PROTOCOL'],
    ['null', { type: 'null' } as const, 'PROVIDER_PROTOCOL'],
    [
      'no history id',
      { type: 'status', status: 200, body: { history: [] } } as const,
      'PROVIDER_PROTOCOL',
    ],
    [
      'a history that is none',
      { type: 'status', status: 200, body: { history: 7, historyId: '9' } } as const,
      'PROVIDER_PROTOCOL',
    ],
  ])('does not take %s for an expired cursor', async (_, action, failure) => {
    await world.fault({ match: { path: '/history$' }, times: 1, action });
    await expect(provider.changesSince(start)).rejects.toMatchObject({ failure });
  });

  it('never turns the cursor back', async () => {
    const body = { historyId: '1' };
    await world.fault({
      match: { path: '/history$' },
      times: 1,
      action: { type: 'status', status: 200, body },
    });
    expect((await provider.changesSince(start)).watermark).toBe(start);
  });
});
