import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffSeconds } from '../../src/lib/backoff.ts';

const backoff = { baseSeconds: 2, maxSeconds: 60, multiplier: 2, jitter: 0.5 };

describe('backoffSeconds', () => {
  it('doubles from the base up to the maximum', () => {
    const waits = [1, 2, 3, 6, 50].map((attempt) => backoffSeconds(backoff, attempt, 0));
    expect(waits).toEqual([2, 4, 8, 60, 60]);
  });

  it('stays between the jittered and the full wait, and finite, for any attempt', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        (attempt, random) => {
          const wait = backoffSeconds(backoff, attempt, random);
          expect(wait).toBeGreaterThanOrEqual(1);
          expect(wait).toBeLessThanOrEqual(60);
        },
      ),
    );
  });
});
