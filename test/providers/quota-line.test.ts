import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuotaLine } from '../../src/providers/quota-line.ts';

/** Most units sent within any span of the given length. */
function busiest(sent: { at: number; units: number }[], milliseconds: number): number {
  return Math.max(
    0,
    ...sent.map(({ at }) =>
      sent
        .filter((one) => one.at > at - milliseconds && one.at <= at)
        .reduce((sum, one) => sum + one.units, 0),
    ),
  );
}

/** Runs calls through a line on a clock of its own; `delay` lies between the units and the request. */
async function run(calls: { units: number; delay: number }[], units: number) {
  let now = 0;
  const line = new QuotaLine({ units, spanSeconds: 60 }, () => now);
  const sent: { at: number; units: number }[] = [];
  for (const { units: cost, delay } of calls) {
    for (let wait = line.waitFor(cost); wait > 0; wait = line.waitFor(cost)) now += wait + 1;
    const ticket = await line.reserve(cost);
    now += delay;
    ticket.sent();
    sent.push({ at: now, units: cost });
  }
  return { sent, took: now };
}

describe('a quota per minute', () => {
  it('is never exceeded in any minute, whatever the calls', async () => {
    const call = fc.record({
      units: fc.constantFrom(1, 5, 20, 100, 1000),
      delay: fc.constantFrom(0, 0, 0, 50, 2_000, 70_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 60 }), async (calls) => {
        const { sent } = await run(calls, 6_000);
        expect(busiest(sent, 60_000)).toBeLessThanOrEqual(6_000);
      }),
      { numRuns: 60 },
    );
  });

  it('is used to 98 % over ten minutes of pages', async () => {
    const pages = Array.from({ length: 60 }, () => ({ units: 1_000, delay: 0 }));
    const { took } = await run(pages, 6_000);
    expect((60_000 / 6_000) * 60_000 * 0.98).toBeLessThan(took);
    expect(60_000 / (took / 60_000)).toBeGreaterThan(6_000 * 0.98);
  });

  it('lets the first page out at once and spreads the rest', async () => {
    const pages = Array.from({ length: 6 }, () => ({ units: 1_000, delay: 0 }));
    const { sent } = await run(pages, 6_000);
    expect(sent[0]?.at).toBe(0);
    const gaps = sent.slice(2).map(({ at }, index) => at - (sent[index + 1]?.at ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(11_000);
  });

  it('counts units from when the request leaves, and takes back what never left', async () => {
    let now = 0;
    const line = new QuotaLine({ units: 1_000, spanSeconds: 60 }, () => now);
    const first = await line.reserve(200);
    now += 90_000;
    first.sent();
    now += 30_000;
    const all = await line.reserve(200);
    all.giveBack();
    expect(line.waitFor(200)).toBe(0);
    await Promise.all([line.reserve(100), line.reserve(100)]).then((tickets) => {
      for (const ticket of tickets) ticket.sent();
    });
    expect(line.waitFor(800)).toBeGreaterThan(0);
  });

  it('serves calls in the order they came, and stops on its caller’s word', async () => {
    const line = new QuotaLine({ units: 60, spanSeconds: 0.6 });
    const order: number[] = [];
    const stop = new AbortController();
    const calls = [12, 12, 1].map((units, index) =>
      line.reserve(units).then((ticket) => {
        ticket.sent();
        order.push(index);
      }),
    );
    const stopped = line.reserve(12, stop.signal);
    stop.abort(new Error('run cancelled'));
    await expect(stopped).rejects.toThrow('run cancelled');
    await Promise.all(calls);
    expect(order).toEqual([0, 1, 2]);
  });
});

describe('a quota that is not known yet', () => {
  it('holds nothing back until it is, and counts then what was sent lately', async () => {
    let now = 0;
    const line = new QuotaLine(null, () => now);
    for (let call = 0; call < 30; call += 1) (await line.reserve(100)).sent();
    expect(line.waitFor(100_000)).toBe(0);
    line.adopt({ units: 3_000, spanSeconds: 60 });
    expect(line.waitFor(1)).toBeGreaterThan(59_000);
    now += 61_000;
    expect(line.waitFor(600)).toBe(0);
    line.adopt({ units: 3_000, spanSeconds: 60 });
    expect(line.waitFor(600)).toBe(0);
  });
});
