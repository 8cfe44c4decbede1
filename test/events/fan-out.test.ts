import { describe, expect, test } from 'vitest';
import type { Audience } from '../../src/events/audience.ts';
import { FanOut, queueCapacity } from '../../src/events/fan-out.ts';
import type { AnyLiveEvent, LiveEvent, ProgressRow } from '../../src/events/topics.ts';

const queue = { capacity: queueCapacity, paceMilliseconds: 0 };

function progress(
  key: string,
  organizationId = 'acme',
  users: string[] | null = null,
): LiveEvent<'progress'> {
  const row = { id: key, syncId: key, status: 'running' } as ProgressRow;
  return {
    topic: 'progress',
    organizationId,
    key,
    transaction: 1,
    row,
    readers: { users, admins: true },
  };
}

function follow(fanOut: FanOut, audience: Partial<Audience> = {}) {
  let woken = 0;
  const subscription = fanOut.subscribe({
    topic: 'progress',
    audience: { organizationId: 'acme', userId: 'ana', admin: false, ...audience },
    queue,
    wake: () => {
      woken++;
    },
  });
  return {
    subscription,
    keys: () => subscription.take().events.map(({ key }) => key),
    woken: () => woken,
  };
}

describe('fan-out', () => {
  test('each subscriber gets what its member may see, once woken for all of it', () => {
    const fanOut = new FanOut();
    const ana = follow(fanOut);
    const adam = follow(fanOut, { userId: 'adam', admin: true });
    const gus = follow(fanOut, { organizationId: 'globex', userId: 'gus' });
    const olga = follow(fanOut, { organizationId: null, userId: 'olga', admin: true });
    fanOut.deliver([
      progress('shared'),
      progress('of ana', 'acme', ['ana']),
      progress('of ben', 'acme', ['ben']),
      progress('of globex', 'globex'),
    ]);
    expect([ana, adam, gus, olga].map(({ woken }) => woken())).toEqual([1, 1, 1, 1]);
    expect(ana.keys()).toEqual(['shared', 'of ana']);
    expect(adam.keys()).toEqual(['shared', 'of ana', 'of ben']);
    expect(gus.keys()).toEqual(['of globex']);
    expect(olga.keys()).toEqual(['shared', 'of ana', 'of ben', 'of globex']);
  });

  test('W28 1,026 changes in one tick: all delivered or told to read again', () => {
    const fanOut = new FanOut();
    const ana = follow(fanOut);
    fanOut.deliver(Array.from({ length: 1_026 }, (_, index) => progress(`run ${index}`)));
    expect(ana.subscription.take()).toEqual({ events: [], missed: true });
    fanOut.deliver(Array.from({ length: 1_026 }, () => progress('one run')));
    expect(ana.keys()).toEqual(['one run']);
  });

  test('who never reads holds a bounded queue, and costs the others nothing they get', () => {
    const fanOut = new FanOut();
    const stalled = follow(fanOut);
    const healthy = follow(fanOut);
    let received = 0;
    for (let second = 0; second < 100; second++) {
      fanOut.deliver(
        Array.from({ length: 100 }, (_, index) => progress(`run ${second * 100 + index}`)),
      );
      received += healthy.keys().length;
    }
    expect(received).toBe(10_000);
    expect(stalled.subscription.take()).toEqual({ events: [], missed: true });
  });

  test('a change too large to name makes the organisation read again, and no other', () => {
    const fanOut = new FanOut();
    const ana = follow(fanOut);
    const gus = follow(fanOut, { organizationId: 'globex', userId: 'gus' });
    const wholesale: AnyLiveEvent = { ...progress(''), key: null, row: null };
    fanOut.deliver([wholesale]);
    expect(ana.subscription.take().missed).toBe(true);
    expect(gus.subscription.take().missed).toBe(false);
  });

  test('a closed subscription leaves nothing behind', () => {
    const fanOut = new FanOut();
    const ana = follow(fanOut);
    expect(fanOut.size).toBe(1);
    ana.subscription.close();
    fanOut.deliver([progress('late')]);
    expect(fanOut.size).toBe(0);
    expect(ana.keys()).toEqual([]);
  });
});
