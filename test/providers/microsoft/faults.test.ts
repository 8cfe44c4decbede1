import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultRuleInput } from '../../../sandbox/core/fault-rule.ts';
import type { MailProvider } from '../../../src/providers/contract.ts';
import { readAll } from '../mail-contract.ts';
import { type MicrosoftWorld, startMicrosoftWorld, user } from './world.ts';

let world: MicrosoftWorld;
let provider: MailProvider;
let inbox = '';

beforeAll(async () => {
  world = await startMicrosoftWorld();
  provider = world.open();
  inbox = (await provider.listFolders()).find(({ wellKnown }) => wellKnown === 'inbox')?.id ?? '';
  await provider.pageMessages({ folderId: inbox, window: world.window, cursor: null });
});
afterEach(async () => {
  await world.control.faults.clear();
});
afterAll(() => world.close());

const match = { path: '/messages$' };
const firstPage = (from: MailProvider = provider) =>
  from.pageMessages({ folderId: inbox, window: world.window, cursor: null, pageSize: 20 });
const json = (body: string): FaultRuleInput['action'] => ({
  type: 'status',
  status: 200,
  headers: { 'content-type': 'application/json' },
  body,
});

describe('answers that cannot be used', () => {
  const deep = `{"value":${'['.repeat(500_000)}${']'.repeat(500_000)}}`;
  it.each<[string, FaultRuleInput['action'], string]>([
    ['P13 a length larger than the body', { type: 'truncate' }, 'PROVIDER_PROTOCOL'],
    ['P14 cut mid-JSON', { type: 'truncate', declareFullLength: false }, 'PROVIDER_PROTOCOL'],
    ['P16 null', { type: 'null' }, 'PROVIDER_PROTOCOL'],
    ['P17 a byte order mark', json('\uFEFF{"value":[]}'), 'PROVIDER_PROTOCOL'],
    ['P19 500,000 levels', json(deep), 'PROVIDER_PROTOCOL'],
    ['P20 a name twice', json('{"value":[],"value":[]}'), 'PROVIDER_PROTOCOL'],
    ['no list', json('{}'), 'PROVIDER_PROTOCOL'],
    ['a list of another kind', json('{"value":{}}'), 'PROVIDER_PROTOCOL'],
    ['a link that is no text', json('{"value":[],"@odata.nextLink":7}'), 'PROVIDER_PROTOCOL'],
    ['HTML with 200', { type: 'html' }, 'PROVIDER_PROTOCOL'],
    ['HTML with 502', { type: 'html', status: 502 }, 'PROVIDER_UNAVAILABLE'],
    ['no content', { type: 'status', status: 204 }, 'PROVIDER_PROTOCOL'],
    ['a reset', { type: 'reset' }, 'PROVIDER_UNAVAILABLE'],
    ['500', { type: 'status', status: 500 }, 'PROVIDER_UNAVAILABLE'],
    ['503 without a wait', { type: 'status', status: 503 }, 'PROVIDER_UNAVAILABLE'],
    ['504', { type: 'status', status: 504 }, 'PROVIDER_TIMEOUT'],
    ['P8 403', { type: 'status', status: 403 }, 'FORBIDDEN'],
    ['410', { type: 'status', status: 410 }, 'CURSOR_EXPIRED'],
    [
      'P26 a redirect to a private address',
      { type: 'status', status: 302, headers: { location: 'http://169.254.169.254/latest' } },
      'UNSAFE_URL',
    ],
  ])('%s', async (_, action, failure) => {
    await world.fault({ match, times: 1, action });
    const before = await world.calls();
    await expect(firstPage()).rejects.toMatchObject({ name: 'ProviderError', failure });
    // One call and no hidden repetition by a library.
    expect((await world.calls()) - before).toBe(1);
    const { messages } = await firstPage();
    expect(messages).toHaveLength(20);
  });

  it('names the request id and quotes nothing of the answer', async () => {
    await world.fault({ match, times: 1, action: { type: 'truncate', declareFullLength: false } });
    await expect(firstPage()).rejects.toMatchObject({
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      message: expect.stringMatching(
        /^Microsoft Graph's answer cannot be used: it is not complete JSON \(request-id [0-9a-f-]{36}\); nothing of it was used\.$/,
      ),
    });
  });
});

describe('lists that lead astray', () => {
  it('P29 goes on after an empty page that names a next one', async () => {
    await world.fault({ match, times: 3, action: { type: 'empty-page' } });
    const truth = await provider.countMessages(inbox, world.window);
    const { messages, pages } = await readAll(provider, inbox, world.window);
    const ids = new Set(messages.map(({ id }) => id));
    expect(pages).toBeGreaterThan(Math.ceil(truth / 20));
    expect(ids.size).toBe(truth);
  });

  it('cuts a cycle', async () => {
    const cyclic = world.open();
    await world.fault({ match, after: 1, action: { type: 'cyclic-next-link' } });
    await expect(readAll(cyclic, inbox, world.window)).rejects.toMatchObject({
      failure: 'PAGE_LOOP',
    });
  });

  it('cuts a cycle of a delta round', async () => {
    await world.fault({ match: { path: '/delta$' }, action: { type: 'cyclic-next-link' } });
    await expect(provider.takeWatermark(inbox)).rejects.toMatchObject({ failure: 'PAGE_LOOP' });
  });

  it.each([
    'https://graph.example.test',
    'http://graph.microsoft.com',
    'https://graph.microsoft.com@evil.test',
  ])('P22-P26 calls nothing at %s and sends no token there', async (origin) => {
    await world.fault({ match, times: 1, action: { type: 'foreign-next-link', origin } });
    const page = await firstPage();
    const before = await world.calls();
    const following = provider.pageMessages({
      folderId: inbox,
      window: world.window,
      cursor: page.next,
    });
    await expect(following).rejects.toMatchObject({ failure: 'UNSAFE_URL' });
    expect(await world.calls()).toBe(before);
  });

  it('P31 says when a watermark was forgotten', async () => {
    const { value } = await provider.takeWatermark(inbox);
    for (const deltaGone of ['SyncStateNotFound', 'resyncRequired', 'location'] as const) {
      await world.control.microsoft.changeSettings({ deltaGone });
      await world.control.microsoft.mailbox(user).killDeltaTokens('inbox');
      const failure = { failure: 'CURSOR_EXPIRED' };
      await expect(provider.changesSince(value)).rejects.toMatchObject(failure);
    }
  });

  it('keeps the rest of a page with repeated and with null items', async () => {
    await world.fault({ match, times: 1, action: { type: 'poison', kind: 'null-item', index: 2 } });
    const { messages, malformed } = await firstPage();
    expect(messages).toHaveLength(19);
    expect(malformed).toEqual([{ id: null, reason: 'the item is null' }]);
    await world.fault({ match, times: 1, action: { type: 'repeat-items', count: 3 } });
    const repeated = await firstPage();
    expect(new Set(repeated.messages.map(({ id }) => id)).size).toBeGreaterThan(16);
  });

  it('sends the immutable-id preference on every page', async () => {
    await world.control.requests.clear();
    await readAll(provider, inbox, world.window);
    await provider.takeWatermark(inbox);
    const requests = await world.control.requests.read({ path: '/v1.0/' });
    expect(requests.length).toBeGreaterThan(4);
    const without = requests.filter(({ prefer }) => !prefer?.includes('IdType="ImmutableId"'));
    expect(without).toEqual([]);
  });

  it('keeps to what Graph documents', async () => {
    await world.control.violations.clear();
    await world.control.settings.change({ strict: true });
    const strict = world.open();
    await strict.identity();
    await strict.listFolders();
    await readAll(strict, inbox, world.window);
    await strict.takeWatermark(inbox);
    await world.control.settings.change({ strict: false });
    expect(await world.control.violations.list()).toEqual([]);
  });
});
