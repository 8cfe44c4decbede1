import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultRuleInput } from '../../../sandbox/core/fault-rule.ts';
import { gmailQuotas } from '../../../src/providers/google/quota.ts';
import { readAll } from '../mail-contract.ts';
import { type GoogleWorld, startGoogleWorld, user } from './world.ts';

let world: GoogleWorld;

beforeAll(async () => {
  world = await startGoogleWorld();
});
afterEach(async () => {
  await world.control.faults.clear();
  await world.control.google.changeSettings({ quota: null, concurrency: null });
  await world.control.requests.clear();
});
afterAll(() => world.close());

const refusal = (status: number, reason: string, message = 'x'): FaultRuleInput['action'] => ({
  type: 'status',
  status,
  body: { error: { code: status, message, errors: [{ reason }] } },
});
const soon = () => new Date(Date.now() + 2_500).toISOString();

describe('waiting as told', () => {
  it.each<[string, () => FaultRuleInput['action'], number]>([
    ['P1 in seconds', () => ({ type: 'throttle', seconds: 2 }), 1_900],
    ['P2 as a date', () => ({ type: 'throttle', retryAfter: 'date', seconds: 3 }), 1_500],
    ['P5 without a word', () => ({ type: 'throttle', retryAfter: 'none' }), 1_900],
    ['P7 a 403 that means too fast', () => refusal(403, 'userRateLimitExceeded'), 1_900],
    [
      'in the text only',
      () => refusal(429, 'rateLimitExceeded', `User-rate limit exceeded.  Retry after ${soon()}`),
      1_900,
    ],
    ['503 with a wait', () => ({ type: 'throttle', status: 503, seconds: 2 }), 1_900],
  ])('%s: makes no call inside, tells until when, then goes on', async (_, action, least) => {
    const told: Date[] = [];
    const provider = world.open({ onWait: (_reason, until) => void told.push(until) });
    await world.fault({ times: 1, action: action() });
    const began = performance.now();
    await Promise.all([provider.takeWatermark('all'), provider.takeWatermark('all')]);
    expect(performance.now() - began).toBeGreaterThan(least);
    expect(told.length).toBeGreaterThan(0);
    const times = (await world.control.requests.read()).map(({ at }) => Date.parse(at));
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
    expect(gaps.filter((gap) => gap > least)).toHaveLength(1);
  });

  it.each([
    ['P4 999999999 s become an hour', { type: 'throttle', seconds: 999_999_999 } as const],
    ['a daily limit', refusal(403, 'dailyLimitExceeded')],
  ])('gives a long wait back instead of sleeping: %s', async (_, action) => {
    const provider = world.open();
    await world.fault({ times: 1, action });
    await expect(provider.takeWatermark('all')).rejects.toMatchObject({ failure: 'RATE_LIMITED' });
    const calls = await world.calls();
    const failure = { failure: 'RATE_LIMITED', details: { retryAfterSeconds: 3600 } };
    await expect(provider.takeWatermark('all')).rejects.toMatchObject(failure);
    expect(await world.calls()).toBe(calls);
  });

  it('has at most 4 calls under way for one account', async () => {
    await world.control.settings.change({ latencyMs: { from: 20, to: 20 } });
    const provider = world.open();
    await Promise.all(Array.from({ length: 12 }, () => provider.takeWatermark('all')));
    await world.control.settings.change({ latencyMs: { from: 0, to: 0 } });
    const { peakConcurrency } = await world.control.requests.counters();
    expect(peakConcurrency[user]).toBe(4);
  });

  it('stops on its caller’s word while it waits for the quota', async () => {
    const stop = new AbortController();
    const tiny = { ...gmailQuotas.since2026, unitsPerUserMinute: 40 };
    const provider = world.open({ signal: stop.signal }, {}, tiny);
    setTimeout(() => stop.abort(new Error('run cancelled')), 300);
    await expect(readAll(provider, 'all', world.window)).rejects.toThrow('run cancelled');
  });
});

describe('within the quota', () => {
  it('reads at 85 % or more of it, and is never told to wait', async () => {
    // Three times 220 messages of 20 units; a fifth of the quota goes at once, the rest at its rate.
    const perMinute = 40_000;
    await world.control.google.changeSettings({ quota: { perUser: perMinute, perProject: null } });
    const told: string[] = [];
    const provider = world.open({ onWait: (reason) => void told.push(reason) });
    const began = performance.now();
    let read = 0;
    for (let round = 0; round < 3; round += 1) {
      read += (await readAll(provider, 'all', world.window, 30)).messages.length;
    }
    const seconds = (performance.now() - began) / 1000;
    expect(told).toEqual([]);
    const { counters } = await world.control.requests.counters();
    expect(new Set(counters.flatMap(({ statuses }) => Object.keys(statuses)))).toEqual(
      new Set(['200']),
    );
    const spent = read * gmailQuotas.since2026.cost['messages.get'];
    const least = ((spent - perMinute * 0.2) / perMinute) * 60;
    expect(least).toBeGreaterThan(5);
    expect(seconds).toBeLessThan(least / 0.85 + 1);
  }, 60_000);
});
