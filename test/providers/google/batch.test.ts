import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readAll } from '../mail-contract.ts';
import { type GoogleWorld, startGoogleWorld, user } from './world.ts';

let world: GoogleWorld;

const listing = { folderId: 'all', cursor: null };
const at = (second: number) => `2026-02-01T10:00:0${second}Z`;
const window = { from: new Date(at(0)), to: new Date(at(9)) };

beforeAll(async () => {
  world = await startGoogleWorld();
});
afterEach(async () => {
  await world.control.faults.clear();
  await world.control.google.changeSettings({
    batchConcurrency: null,
    batchNewlines: 'crlf',
    afterBound: 'inclusive',
    bodyCharset: 'utf-8',
    headerWords: 'decoded',
    pageSize: null,
  });
  await world.control.requests.clear();
});
afterAll(() => world.close());

describe('pages by batch', () => {
  it('reads a page of 50 by one list and one batch, each message once', async () => {
    const provider = world.open();
    await provider.getMessage(
      (await provider.pageMessages({ ...listing, window: world.window })).messages[0]?.id ?? '',
    );
    await world.control.requests.clear();
    const { messages } = await provider.pageMessages({ ...listing, window: world.window });
    expect(messages).toHaveLength(50);
    const { counters } = await world.control.requests.counters();
    const requests = Object.fromEntries(counters.map((one) => [one.endpoint, one.requests]));
    expect(Object.values(requests).toSorted((a, b) => a - b)).toEqual([1, 1, 50]);
  });

  it('asks again for the throttled parts, and only for those', async () => {
    await world.control.google.changeSettings({ batchConcurrency: 20 });
    const waits: Date[] = [];
    const provider = world.open({ onWait: (_reason, until) => void waits.push(until) });
    const { messages } = await provider.pageMessages({ ...listing, window: world.window });
    expect(new Set(messages.map(({ id }) => id)).size).toBe(50);
    // Two rounds are refused; a timer that fires a moment early announces its wait once more.
    expect(waits.length).toBeGreaterThanOrEqual(2);
    expect(waits.length).toBeLessThan(5);
    const { counters } = await world.control.requests.counters();
    const gets = counters.filter(({ endpoint }) => /messages\/\{?\w+\}?$/.test(endpoint));
    expect(gets.reduce((sum, { requests }) => sum + requests, 0)).toBe(50);
  }, 20_000);

  it('takes lines that end in LF, and texts and headers as the sender wrote them', async () => {
    await world.control.google.changeSettings({
      batchNewlines: 'lf',
      bodyCharset: 'original',
      headerWords: 'original',
    });
    const raw = Buffer.from(
      'From: =?iso-8859-1?Q?J=FCrgen?= <j@x.test>\r\nTo: ana@acme.test\r\nSubject: =?utf-8?B?R3LDvMOfZQ==?=\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nGr\xfc\xdfe\r\n',
      'latin1',
    );
    const receivedAt = at(1);
    await world.control.google.mailbox(user).deliver([{ raw: raw.toString('base64'), receivedAt }]);
    const { messages } = await world.open().pageMessages({ ...listing, window });
    expect(messages).toMatchObject([
      { from: { name: 'Jürgen' }, subject: 'Grüße', bodyText: 'Grüße\n', internetMessageId: null },
    ]);
    await world.control.google.mailbox(user).delete(messages[0]?.id ?? '');
  });

  it('sets one message aside that breaks its part, and keeps the rest of the page', async () => {
    const path = world.folderNames.inbox;
    const good = await world.add(path, { receivedAt: at(2), subject: 'good' });
    const [added] = await world.control.google
      .mailbox(user)
      .deliver([{ receivedAt: at(3), poison: 'page-error' }]);
    const poison = added?.id ?? '';
    const page = await world.open().pageMessages({ ...listing, window });
    expect(page.messages.map(({ id }) => id)).toEqual([good]);
    expect(page.malformed).toEqual([{ id: poison, reason: expect.stringContaining('504') }]);
    for (const id of [good, poison]) await world.control.google.mailbox(user).delete(id);
  });

  it('throws when every part fails: that is an outage', async () => {
    await world.fault({
      match: { path: '/messages/\\w+$' },
      action: { type: 'status', status: 503 },
    });
    const reading = world.open().pageMessages({ ...listing, window: world.window });
    await expect(reading).rejects.toMatchObject({ failure: 'PROVIDER_UNAVAILABLE' });
  });

  it('leaves out what was deleted or thrown away since it was listed', async () => {
    const path = world.folderNames.inbox;
    const [gone, binned, stays] = [
      await world.add(path, { receivedAt: at(4) }),
      await world.add(path, { receivedAt: at(5) }),
      await world.add(path, { receivedAt: at(6) }),
    ];
    const token = (
      await world.control.google.issueTokens({
        user,
        scopes: ['openid', 'email', 'https://www.googleapis.com/auth/gmail.readonly'],
      })
    ).access_token;
    const mailbox = world.control.google.mailbox(user);
    let calls = 0;
    const provider = world.open({
      token: async () => {
        calls += 1;
        // Between the list and the batch.
        if (calls === 2) {
          await mailbox.delete(gone);
          await mailbox.trash(binned);
        }
        return token;
      },
    });
    const page = await provider.pageMessages({ ...listing, window });
    expect(page.messages.map(({ id }) => id)).toEqual([stays]);
    expect(page.malformed).toEqual([]);
    await mailbox.delete(stays);
  });

  it.each(['inclusive', 'exclusive'] as const)(
    'keeps the window exact when Gmail’s bound is %s',
    async (afterBound) => {
      await world.control.google.changeSettings({ afterBound });
      const path = world.folderNames.inbox;
      const edge = new Date(at(7)).getTime();
      const ids: string[] = [];
      for (const offset of [-1000, -1, 0, 999, 1000]) {
        ids.push(await world.add(path, { receivedAt: new Date(edge + offset).toISOString() }));
      }
      const one = { from: new Date(edge), to: new Date(edge + 1000) };
      const provider = world.open();
      expect(await provider.countMessages('all', one)).toBe(2);
      const expected = [ids[3], ids[2]];
      expect((await provider.listMessageIds({ ...listing, window: one })).ids).toEqual(expected);
      const { messages } = await readAll(provider, 'all', one, 1);
      expect(messages.map(({ id }) => id)).toEqual(expected);
      for (const id of ids) await world.control.google.mailbox(user).delete(id);
    },
  );

  it('finds the listing’s end whatever the size of its pages', async () => {
    await world.control.google.changeSettings({ pageSize: 7 });
    const provider = world.open();
    const truth = (await world.messagesIn(world.folderNames.inbox)).filter(
      ({ receivedAt }) => receivedAt >= world.window.from,
    );
    expect(await provider.countMessages('all', world.window)).toBe(truth.length);
  });
});
