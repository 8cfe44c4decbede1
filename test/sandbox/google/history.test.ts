import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/server.ts';
import { emptySeed, gmailOf, type Listed, user } from './support/gmail.ts';

interface Change {
  readonly message: Listed & { readonly labelIds?: readonly string[] };
  readonly labelIds?: readonly string[];
}
interface HistoryRecord {
  readonly id: string;
  readonly messages: readonly Listed[];
  readonly messagesAdded?: readonly Change[];
  readonly messagesDeleted?: readonly Change[];
  readonly labelsAdded?: readonly Change[];
  readonly labelsRemoved?: readonly Change[];
}
interface HistoryPage {
  readonly history?: readonly HistoryRecord[];
  readonly nextPageToken?: string;
  readonly historyId: string;
}

describe('history', () => {
  let sandbox: Sandbox;
  let gmail: Awaited<ReturnType<typeof gmailOf>>;
  let start: string;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(async () => {
    await sandbox.control.reset();
    gmail = await gmailOf(sandbox);
    start = (await gmail.get<HistoryPage>('/profile')).historyId;
  });
  afterAll(() => sandbox.close());

  const mailbox = () => sandbox.control.google.mailbox(user);
  const history = (query = ''): Promise<HistoryPage> =>
    gmail.get(`/history?startHistoryId=${start}${query}`);
  const deliver = async (labels: string[] = ['INBOX', 'UNREAD']): Promise<string> => {
    const [ids] = await mailbox().deliver([{ subject: 'News', labels }]);
    return ids?.id ?? '';
  };
  const kinds = (page: HistoryPage) =>
    page.history?.map(
      (record) => Object.keys(record).filter((name) => /Added|Removed|Deleted/.test(name))[0],
    );

  it('is absent when nothing changed', async () => {
    expect(await history()).toEqual({ historyId: start });
  });

  it('tells of arrival, reading, moving, trashing and deletion in order', async () => {
    await mailbox().createLabel('Projects');
    const id = await deliver();
    await mailbox().markRead(id);
    await mailbox().relabel(id, { add: ['Projects'], remove: ['INBOX'] });
    await mailbox().trash(id);
    await mailbox().untrash(id);
    await mailbox().delete(id);
    const page = await history();
    expect(kinds(page)).toEqual([
      'messagesAdded',
      'labelsRemoved',
      'labelsAdded',
      'labelsRemoved',
      'labelsAdded',
      'labelsRemoved',
      'messagesDeleted',
    ]);
    expect(page.history?.[0]?.messagesAdded).toEqual([
      { message: { id, threadId: id, labelIds: ['INBOX', 'UNREAD'] } },
    ]);
    expect(page.history?.[1]?.labelsRemoved?.[0]).toMatchObject({ labelIds: ['UNREAD'] });
    expect(page.history?.[4]?.labelsAdded?.[0]).toMatchObject({ labelIds: ['TRASH'] });
    const ids = page.history?.map((record) => BigInt(record.id)) ?? [];
    expect(ids).toEqual(ids.toSorted((a, b) => Number(a - b)));
    expect(page.historyId).toBe(String(ids.at(-1)));
  });

  it('has gaps between ids, and each message knows its last', async () => {
    const id = await deliver();
    await deliver();
    const page = await history();
    const [first, second] = page.history?.map((record) => Number(record.id)) ?? [];
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(1);
    expect((await gmail.message(id)).historyId).toBe(String(first));
  });

  it('tells of a message that was added and deleted again, which is 404', async () => {
    const id = await deliver();
    await mailbox().delete(id);
    expect(kinds(await history())).toEqual(['messagesAdded', 'messagesDeleted']);
    expect(await gmail.refused(`/messages/${id}`)).toMatchObject({
      status: 404,
      body: { error: { status: 'NOT_FOUND', errors: [{ reason: 'notFound' }] } },
    });
  });

  it('filters by kinds and by label', async () => {
    const id = await deliver();
    await mailbox().relabel(id, { add: ['STARRED'] });
    await deliver(['SENT']);
    expect(kinds(await history('&historyTypes=labelAdded'))).toEqual(['labelsAdded']);
    const two = await history('&historyTypes=labelAdded&historyTypes=messageAdded');
    expect(two.history).toHaveLength(3);
    expect((await history('&labelId=SENT')).history).toHaveLength(1);
    expect((await history('&labelId=STARRED')).history).toHaveLength(1);
    expect((await gmail.refused(`/history?startHistoryId=${start}&historyTypes=x`)).status).toBe(
      400,
    );
  });

  it('pages without loss, also while more arrives', async () => {
    await mailbox().generate({ count: 1200 });
    const seen = new Set<string>();
    let token = '';
    let last = '';
    for (let pages = 0; pages < 10; pages += 1) {
      const page = await history(`&maxResults=500${token}`);
      for (const record of page.history ?? []) seen.add(record.messages[0]?.id ?? '');
      last = page.historyId;
      if (pages === 0) await deliver();
      if (page.nextPageToken === undefined) break;
      token = `&pageToken=${page.nextPageToken}`;
    }
    expect(seen.size).toBe(1201);
    start = last;
    expect(await history()).not.toHaveProperty('history');
  });

  it('answers 404 in full to a cursor that is too old, or from the future', async () => {
    const dead = {
      error: {
        code: 404,
        message: 'Requested entity was not found.',
        errors: [
          { message: 'Requested entity was not found.', domain: 'global', reason: 'notFound' },
        ],
        status: 'NOT_FOUND',
      },
    };
    await mailbox().killHistory();
    const answer = await gmail.refused(`/history?startHistoryId=${start}`);
    expect([answer.status, answer.body]).toEqual([404, dead]);
    expect((await gmail.refused('/history?startHistoryId=99999999999')).status).toBe(404);
    start = (await gmail.get<HistoryPage>('/profile')).historyId;
    expect(await history()).toEqual({ historyId: start });
  });

  it('forgets changes after a week, while a cursor with nothing behind it stays good', async () => {
    await deliver();
    const quiet = (await history()).historyId;
    await sandbox.control.clock.advance({ seconds: 8 * 86_400 });
    gmail = await gmailOf(sandbox);
    expect((await gmail.refused(`/history?startHistoryId=${start}`)).status).toBe(404);
    start = quiet;
    expect(await history()).toEqual({ historyId: quiet });
  });

  it.each(['0', 'abc', '-1', ''])('refuses %j as a start', async (value) => {
    const answer = await gmail.refused(`/history?startHistoryId=${value}`);
    expect(answer.body.error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
    expect(answer.body.error.errors[0]?.['reason']).toBe('invalidArgument');
  });

  it('dies between two pages when it must', async () => {
    await mailbox().generate({ count: 200 });
    const { nextPageToken } = await history();
    await mailbox().killHistory();
    const next = `/history?startHistoryId=${start}&pageToken=${nextPageToken ?? ''}`;
    expect((await gmail.refused(next)).status).toBe(404);
  });
});
