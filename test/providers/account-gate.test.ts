import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { AccountGate } from '../../src/providers/account-gate.ts';

const pass = { longestWaitSeconds: 60 };

describe('the gate before one account', () => {
  it('lets 4 calls through at a time', async () => {
    const gate = new AccountGate(4, systemClock);
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, () =>
        gate.run(async () => {
          running += 1;
          most = Math.max(most, running);
          await delay(5);
          running -= 1;
        }, pass),
      ),
    );
    expect(most).toBe(4);
  });

  it('starts nothing inside a pause, waiting calls included, and tells who waits', async () => {
    const gate = new AccountGate(4, systemClock);
    const starts: number[] = [];
    const told: [string, Date][] = [];
    const began = performance.now();
    const calls = Array.from({ length: 12 }, (_, index) =>
      gate.run(
        async () => {
          starts.push(performance.now() - began);
          if (index === 0) gate.pause(1);
          await delay(20);
        },
        { ...pass, onWait: (reason, until) => void told.push([reason, until]) },
      ),
    );
    await Promise.all(calls);
    expect(starts).toHaveLength(12);
    expect(starts.filter((at) => at < 990).length).toBeLessThanOrEqual(4);
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]?.[1].getTime()).toBeGreaterThan(Date.now() - 2000);
  });

  it('throws a wait that is longer than the caller allows, at once and without calling', async () => {
    const gate = new AccountGate(1, systemClock);
    gate.pause(30);
    const calls: string[] = [];
    const call = gate.run(async () => calls.push('called'), { longestWaitSeconds: 5 });
    await expect(call).rejects.toMatchObject({
      failure: 'RATE_LIMITED',
      details: { retryAfterSeconds: 30 },
    });
    expect(calls).toEqual([]);
  });

  it('bounds what it is told: 999999999 s become an hour', async () => {
    const gate = new AccountGate(1, systemClock);
    gate.pause(999_999_999);
    await expect(gate.run(async () => 1, pass)).rejects.toMatchObject({
      details: { retryAfterSeconds: 3600 },
    });
  });

  it('ends a wait when the caller is stopped, with the reason given', async () => {
    const gate = new AccountGate(1, systemClock);
    gate.pause(20);
    const stop = new AbortController();
    const call = gate.run(async () => 1, { ...pass, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('run stopped')), 20);
    await expect(call).rejects.toThrow('run stopped');
  });
});
