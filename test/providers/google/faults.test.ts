import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultRuleInput } from '../../../sandbox/core/fault-rule.ts';
import type { MailProvider } from '../../../src/providers/contract.ts';
import { type GoogleWorld, startGoogleWorld, user } from './world.ts';

let world: GoogleWorld;
let provider: MailProvider;

const page = (cursor: string | null = null) =>
  provider.pageMessages({ folderId: 'all', window: world.window, cursor, pageSize: 20 });
const json = (body: string): FaultRuleInput['action'] => ({
  type: 'status',
  status: 200,
  headers: { 'content-type': 'application/json' },
  body,
});
const refusal = (status: number, reason: string): FaultRuleInput['action'] => ({
  type: 'status',
  status,
  body: { error: { code: status, message: 'x', errors: [{ reason }] } },
});

beforeAll(async () => {
  world = await startGoogleWorld();
  provider = world.open();
  await page();
});
afterEach(async () => {
  await world.control.faults.clear();
});
afterAll(() => world.close());

describe('lists that cannot be used', () => {
  const deep = `{"messages":${'['.repeat(500_000)}${']'.repeat(500_000)}}`;
  it.each<[string, FaultRuleInput['action'], string]>([
    ['P13 a length larger than the body', { type: 'truncate' }, 'PROVIDER_PROTOCOL'],
    ['P14 cut mid-JSON', { type: 'truncate', declareFullLength: false }, 'PROVIDER_PROTOCOL'],
    ['P16 null', { type: 'null' }, 'PROVIDER_PROTOCOL'],
    ['P17 a byte order mark', json('\uFEFF{"messages":[]}'), 'PROVIDER_PROTOCOL'],
    ['P19 500,000 levels', json(deep), 'PROVIDER_PROTOCOL'],
    ['P20 a name twice', json('{"messages":[],"messages":[]}'), 'PROVIDER_PROTOCOL'],
    ['a list of another kind', json('{"messages":{}}'), 'PROVIDER_PROTOCOL'],
    ['a page token that is no text', json('{"nextPageToken":7}'), 'PROVIDER_PROTOCOL'],
    ['HTML with 200', { type: 'html' }, 'PROVIDER_PROTOCOL'],
    ['HTML with 502', { type: 'html', status: 502 }, 'PROVIDER_UNAVAILABLE'],
    ['no content', { type: 'status', status: 204 }, 'PROVIDER_PROTOCOL'],
    ['a reset', { type: 'reset' }, 'PROVIDER_UNAVAILABLE'],
    ['500', { type: 'status', status: 500 }, 'PROVIDER_UNAVAILABLE'],
    ['503 without a wait', { type: 'status', status: 503 }, 'PROVIDER_UNAVAILABLE'],
    ['504', { type: 'status', status: 504 }, 'PROVIDER_TIMEOUT'],
    ['P8 403 for good', refusal(403, 'forbidden'), 'FORBIDDEN'],
    [
      'P26 a redirect to a private address',
      { type: 'status', status: 302, headers: { location: 'http://169.254.169.254/latest' } },
      'UNSAFE_URL',
    ],
  ])('%s: one call, no hidden repetition', async (_, action, failure) => {
    await world.fault({ match: { path: '/messages$' }, times: 1, action });
    const before = await world.calls();
    await expect(page()).rejects.toMatchObject({ name: 'ProviderError', failure });
    expect((await world.calls()) - before).toBe(1);
    expect((await page()).messages).toHaveLength(20);
  });

  it('P28, P29 goes on after an empty page, notices a loop, and an outlived page token', async () => {
    await world.fault({
      match: { path: '/messages$' },
      times: 1,
      action: { type: 'empty-page' },
    });
    const empty = await page();
    expect(empty.messages).toEqual([]);
    expect((await page(empty.next)).messages).toHaveLength(20);
    await world.fault({ match: { path: '/messages$' }, action: { type: 'cyclic-next-link' } });
    const reading = async () => {
      for (let cursor: string | null = null, at = 0; at < 10; at += 1)
        cursor = (await page(cursor)).next;
    };
    await expect(reading()).rejects.toMatchObject({ failure: 'PAGE_LOOP' });
    await world.control.faults.clear();
    await expect(page('damaged')).rejects.toMatchObject({ failure: 'CURSOR_EXPIRED' });
  });
});

describe('batches that cannot be used', () => {
  it.each<[string, FaultRuleInput['action'], string]>([
    ['cut off', { type: 'truncate', declareFullLength: false }, 'PROVIDER_PROTOCOL'],
    ['HTML with 200', { type: 'html' }, 'PROVIDER_PROTOCOL'],
    ['null', { type: 'null' }, 'PROVIDER_PROTOCOL'],
    ['500', { type: 'status', status: 500 }, 'PROVIDER_UNAVAILABLE'],
    ['a reset', { type: 'reset' }, 'PROVIDER_UNAVAILABLE'],
  ])('%s', async (_, action, failure) => {
    await world.fault({ match: { path: '^/batch' }, times: 1, action });
    await expect(page()).rejects.toMatchObject({ failure });
    expect((await page()).messages).toHaveLength(20);
  });
});

describe('counting', () => {
  it('outlives a hitch among its calls, and not an outage', async () => {
    const count = await provider.countMessages('all', world.window);
    const fault = { match: { path: '/messages$' }, action: { type: 'truncate' as const } };
    await world.fault({ ...fault, after: 1, times: 1 });
    expect(await provider.countMessages('all', world.window)).toBe(count);
    await world.fault(fault);
    await expect(provider.countMessages('all', world.window)).rejects.toMatchObject({
      failure: 'PROVIDER_PROTOCOL',
    });
  });
});

describe('refusals', () => {
  it('tries a failed precondition once more, then reports that mail is not open to us', async () => {
    const fault = {
      match: { path: '/profile$' },
      action: refusal(400, 'failedPrecondition'),
    };
    await world.fault({ ...fault, times: 1 });
    await expect(world.open().identity()).resolves.toMatchObject({ email: user });
    await world.fault(fault);
    await expect(world.open().identity()).rejects.toMatchObject({ failure: 'FORBIDDEN' });
  });

  it('reports a missing permission as a consent to renew', async () => {
    const { access_token: narrow } = await world.control.google.issueTokens({
      user,
      scopes: ['openid', 'email'],
    });
    const reported: string[] = [];
    const poor = world.open({
      token: async () => narrow,
      onUnauthorized: async (reason) => void reported.push(reason),
    });
    await expect(poor.countMessages('all', world.window)).rejects.toMatchObject({
      failure: 'NEEDS_REAUTH',
      code: 'RECONNECT_REQUIRED',
    });
    expect(reported).toEqual([
      expect.stringMatching(/insufficientPermissions.*permission is missing/),
    ]);
  });

  it('P10 asks for a newer token once, then reports and gives up', async () => {
    const asked: (string | undefined)[] = [];
    const reported: string[] = [];
    const poor = world.open({
      token: async (options) => {
        asked.push(options?.rejected);
        return `bad-${asked.length}`;
      },
      onUnauthorized: async (reason) => void reported.push(reason),
    });
    const failure = { failure: 'NEEDS_REAUTH' };
    await expect(poor.takeWatermark('all')).rejects.toMatchObject(failure);
    expect(asked).toEqual([undefined, 'bad-1']);
    expect(reported).toHaveLength(1);
  });

  it('goes on with a newer token, also in the middle of a page', async () => {
    const scopes = ['openid', 'email', 'https://www.googleapis.com/auth/gmail.readonly'];
    const issue = async () =>
      (await world.control.google.issueTokens({ user, scopes })).access_token;
    let token = await issue();
    let calls = 0;
    const renewed = world.open({
      token: async (options) => {
        calls += 1;
        if (calls === 2) await world.control.google.expireAccessTokens(user);
        if (options?.rejected === token) token = await issue();
        return token;
      },
    });
    const { messages } = await renewed.pageMessages({
      folderId: 'all',
      window: world.window,
      cursor: null,
    });
    expect(messages).toHaveLength(50);
  });
});
