import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/server.ts';
import { emptySeed, gmailOf, type ListPage, user } from './support/gmail.ts';

const total = 20_000;

describe('paging over 20,000 messages', () => {
  let sandbox: Sandbox;
  let gmail: Awaited<ReturnType<typeof gmailOf>>;
  let everything: string[];

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
    const mailbox = sandbox.control.google.mailbox(user);
    await mailbox.generate({
      count: total - 3,
      from: '2026-01-01T00:00:00Z',
      to: '2026-01-20T00:00:00Z',
      history: false,
    });
    const receivedAt = '2026-01-10T00:00:00Z';
    await mailbox.deliver([{ receivedAt }, { receivedAt }, { receivedAt }]);
    gmail = await gmailOf(sandbox);
    everything = (await gmail.list()).ids;
  });
  afterAll(() => sandbox.close());

  it('gives every message once, newest first', async () => {
    expect(everything).toHaveLength(total);
    expect(new Set(everything).size).toBe(total);
    const edges = [everything[0], everything[10_000], everything.at(-1)];
    const dates = await Promise.all(
      edges.map(async (id) =>
        Number((await gmail.message(id ?? '', '?format=minimal')).internalDate),
      ),
    );
    expect(dates).toEqual(dates.toSorted((a, b) => b - a));
  });

  it.each([
    ['offset', 137],
    ['offset', 499],
    ['position', 137],
    ['position', 500],
  ] as const)('gives the same with %s paging and pages of %i', async (listPaging, size) => {
    await sandbox.control.google.changeSettings({ listPaging });
    const { ids, pages } = await gmail.list({ maxResults: String(size) });
    await sandbox.control.google.changeSettings({ listPaging: 'offset' });
    expect(ids).toEqual(everything);
    expect(pages).toBe(Math.ceil(total / size));
  });

  it('gives 100 without a wish, never more than 500, and guesses the number', async () => {
    const page = await gmail.get<ListPage>('/messages');
    expect(page.messages).toHaveLength(100);
    expect(page.resultSizeEstimate).toBe(201);
    expect((await gmail.get<ListPage>('/messages?maxResults=9999')).messages).toHaveLength(500);
    expect((await gmail.refused('/messages?pageToken=nonsense')).body.error).toMatchObject({
      code: 400,
      message: 'Invalid pageToken',
    });
  });

  it('leaves `messages` out when there is nothing', async () => {
    expect(await gmail.get('/messages?q=subject:nowhere-to-be-found')).toEqual({
      resultSizeEstimate: 0,
    });
  });

  it('covers a year in slices of epoch seconds without gap or overlap', async () => {
    const start = Date.parse('2026-01-01T00:00:00Z') / 1000;
    const slices: string[] = [];
    for (let day = 20; day >= 0; day -= 1) {
      const q = `after:${start + day * 86_400} before:${start + (day + 1) * 86_400}`;
      slices.push(...(await gmail.list({ q })).ids);
    }
    expect(slices).toEqual(everything);
  });

  // These change the mailbox, and come last.
  it('shifts pages when mail arrives, or not, as set', async () => {
    const mailbox = sandbox.control.google.mailbox(user);
    const second = async (): Promise<string | undefined> => {
      const first = await gmail.get<ListPage>('/messages');
      await mailbox.deliver([{ subject: 'Just now' }]);
      const page = await gmail.get<ListPage>(`/messages?pageToken=${first.nextPageToken ?? ''}`);
      return first.messages?.at(-1)?.id === page.messages?.[0]?.id ? 'repeated' : 'new';
    };
    expect(await second()).toBe('repeated');
    await sandbox.control.google.changeSettings({ listPaging: 'position' });
    expect(await second()).toBe('new');
  });

  it('serves a page of 100,000 in milliseconds', async () => {
    const started = performance.now();
    await sandbox.control.google.mailbox('pia@gmail.test').generate({ count: 100_000 });
    expect(performance.now() - started).toBeLessThan(5000);
    const tokens = await sandbox.control.google.issueTokens({
      user: 'pia@gmail.test',
      scopes: ['https://mail.google.com/'],
    });
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const url = `${sandbox.url}/gmail/v1/users/me/messages?q=newer_than:90d&maxResults=500`;
    for (let i = 0; i < 5; i += 1) await (await fetch(url, { headers })).arrayBuffer();
    const served = await sandbox.control.requests.read({ user: 'pia@gmail.test' });
    expect(Math.min(...served.map((entry) => entry.durationMs))).toBeLessThan(100);
  });
});
