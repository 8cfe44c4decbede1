import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { MicrosoftMailFactory } from '../../../src/providers/microsoft/factory.ts';
import { type MicrosoftWorld, quiet, startMicrosoftWorld } from './world.ts';

let world: MicrosoftWorld;

beforeAll(async () => {
  world = await startMicrosoftWorld();
});
afterEach(async () => {
  await world.control.faults.clear();
  await world.control.requests.clear();
});
afterAll(() => world.close());

describe('waiting as told', () => {
  it.each([
    ['P1 in seconds', { type: 'throttle', seconds: 2 } as const, 1500],
    ['P2 as a date', { type: 'throttle', retryAfter: 'date', seconds: 3 } as const, 1500],
    ['P5 without a word', { type: 'throttle', retryAfter: 'none' } as const, 1500],
    ['503 with a wait', { type: 'throttle', status: 503, seconds: 2 } as const, 1500],
  ])('%s: makes no call inside, tells until when, then goes on', async (_, action, least) => {
    const told: Date[] = [];
    const provider = world.open({ onWait: (_reason, until) => void told.push(until) });
    await world.fault({ times: 1, action });
    const began = performance.now();
    await Promise.all([provider.identity(), provider.listFolders()]);
    expect(performance.now() - began).toBeGreaterThan(least);
    expect(told.length).toBeGreaterThan(0);
    const times = (await world.control.requests.read()).map(({ at }) => Date.parse(at));
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
    // Up to four were under way when the wait came; after it nothing until the wait was over.
    expect(gaps.filter((gap) => gap > least)).toHaveLength(1);
    expect(gaps.findIndex((gap) => gap > least)).toBeLessThan(4);
  });

  it('gives a long wait back instead of sleeping: P4 999999999 s become an hour', async () => {
    const provider = world.open();
    await world.fault({
      times: 1,
      action: { type: 'throttle', seconds: 999_999_999 },
    });
    const failure = { failure: 'RATE_LIMITED', details: { retryAfterSeconds: 3600 } };
    await expect(provider.identity()).rejects.toMatchObject(failure);
    const calls = await world.calls();
    await expect(provider.listFolders()).rejects.toMatchObject({ failure: 'RATE_LIMITED' });
    expect(await world.calls()).toBe(calls);
  });

  it('leaves other accounts alone, and shares the wait within one', async () => {
    const factory = new MicrosoftMailFactory({
      graphUrl: world.url,
      clock: systemClock,
      log: quiet,
    });
    const { access_token: bearer } = await world.control.microsoft.issueTokens({
      user: 'ben@acme.test',
      scopes: ['User.Read', 'Mail.Read'],
    });
    const open = (accountKey: string) =>
      factory.open({ accountKey, token: async () => bearer, longestWaitSeconds: 1 });
    await world.fault({ times: 1, action: { type: 'throttle', seconds: 30 } });
    await expect(open('a').identity()).rejects.toMatchObject({ failure: 'RATE_LIMITED' });
    await expect(open('a').identity()).rejects.toMatchObject({ failure: 'RATE_LIMITED' });
    await expect(open('b').identity()).resolves.toMatchObject({ email: 'ben@acme.test' });
  });

  it('gives up on a provider that never stops asking to wait', async () => {
    const provider = world.open({ longestWaitSeconds: 0.5 });
    await world.fault({ action: { type: 'throttle', seconds: 1 } });
    await expect(provider.identity()).rejects.toMatchObject({ failure: 'RATE_LIMITED' });
  });

  it('has at most 4 calls under way for one account', async () => {
    await world.control.settings.change({ latencyMs: { from: 20, to: 20 } });
    const provider = world.open();
    await Promise.all(Array.from({ length: 12 }, () => provider.listFolders()));
    await world.control.settings.change({ latencyMs: { from: 0, to: 0 } });
    const { peakConcurrency } = await world.control.requests.counters();
    expect(peakConcurrency['ana@acme.test']).toBe(4);
  });
});

describe('refused tokens', () => {
  it('P10 asks for a newer token once, then reports and gives up', async () => {
    const asked: (string | undefined)[] = [];
    const reported: string[] = [];
    const provider = world.open({
      token: async (options) => {
        asked.push(options?.rejected);
        return `bad-${asked.length}`;
      },
      onUnauthorized: async (reason) => void reported.push(reason),
    });
    await expect(provider.identity()).rejects.toMatchObject({
      failure: 'NEEDS_REAUTH',
      code: 'RECONNECT_REQUIRED',
    });
    expect(asked).toEqual([undefined, 'bad-1']);
    expect(reported).toHaveLength(1);
  });

  it('goes on with the newer token', async () => {
    const { access_token: good } = await world.control.microsoft.issueTokens({
      user: 'ana@acme.test',
      scopes: ['User.Read', 'Mail.Read'],
    });
    const provider = world.open({ token: async (options) => (options?.rejected ? good : 'old') });
    await expect(provider.identity()).resolves.toMatchObject({ email: 'ana@acme.test' });
  });
});

describe('slow answers', () => {
  it('stops on its caller’s word', async () => {
    const stop = new AbortController();
    const provider = world.open({ signal: stop.signal });
    await world.fault({ action: { type: 'delay', ms: 5000 } });
    setTimeout(() => stop.abort(new Error('run cancelled')), 50);
    await expect(provider.identity()).rejects.toThrow('run cancelled');
  });

  it('gives up on an answer that does not come', async () => {
    await world.fault({ action: { type: 'delay', ms: 3000 } });
    const provider = world.open({}, { answerSeconds: 0.2 });
    await expect(provider.identity()).rejects.toMatchObject({ failure: 'PROVIDER_TIMEOUT' });
  });

  it('P53 gives up on a body that trickles, and on one that is too large', async () => {
    const server = createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      if (request.url?.includes('mailFolders')) return response.end(`"${'x'.repeat(3000)}"`);
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
      return response;
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const graphUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const limits = { stallSeconds: 0.3, leastBytesPerSecond: 1000, mostBytes: 2000 };
    const provider = new MicrosoftMailFactory({
      graphUrl,
      clock: systemClock,
      log: quiet,
      limits,
    }).open({ accountKey: 'slow', token: async () => 'token' });
    await expect(provider.identity()).rejects.toMatchObject({ failure: 'PROVIDER_TIMEOUT' });
    await expect(provider.listFolders()).rejects.toMatchObject({ failure: 'PROVIDER_PROTOCOL' });
    server.closeAllConnections();
    server.close();
  });
});
