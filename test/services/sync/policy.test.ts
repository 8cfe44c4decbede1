import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureCodes } from '../../../src/providers/errors.ts';
import {
  decideFailure,
  policyActions,
  type RetryPolicy,
} from '../../../src/services/sync/policy.ts';

const retry: RetryPolicy = {
  action: 'retry',
  maxAttempts: 6,
  baseSeconds: 2,
  maxSeconds: 600,
  multiplier: 4,
  jitter: 0,
};

function failed(overrides: Partial<Parameters<typeof decideFailure>[0]> = {}) {
  return {
    code: 'PROVIDER_UNAVAILABLE' as const,
    attempt: 1,
    retryAfterSeconds: null,
    ...overrides,
  };
}

describe('decideFailure', () => {
  it('waits longer after each failure and never beyond the longest wait', () => {
    const waits = [1, 2, 3, 4, 5].map((attempt) => decideFailure(failed({ attempt }), retry, 0));
    expect(waits).toEqual(
      [2, 8, 32, 128, 512].map((afterSeconds) => ({ kind: 'retry', afterSeconds })),
    );
  });

  it('gives up when the attempts are used up', () => {
    expect(decideFailure(failed({ attempt: 6 }), retry, 0)).toEqual({
      kind: 'fail',
      exhausted: true,
    });
  });

  it.each([
    [30, 30],
    [0, 1],
    [0.2, 1],
    [999_999_999, 3600],
    [Number.POSITIVE_INFINITY, 3600],
  ])('turns a Retry-After of %d s into %d s', (asked, afterSeconds) => {
    expect(decideFailure(failed({ retryAfterSeconds: asked }), retry, 0)).toEqual({
      kind: 'retry',
      afterSeconds,
    });
  });

  it('adds jitter on top of a Retry-After and takes it off a backoff', () => {
    const jittered = { ...retry, jitter: 0.5 };
    expect(decideFailure(failed({ retryAfterSeconds: 20 }), jittered, 0.5)).toEqual({
      kind: 'retry',
      afterSeconds: 25,
    });
    expect(decideFailure(failed({ attempt: 3 }), jittered, 0.5)).toEqual({
      kind: 'retry',
      afterSeconds: 24,
    });
  });

  it('restarts a lost cursor, and stops restarting when that goes on', () => {
    const code = 'CURSOR_EXPIRED' as const;
    expect(decideFailure(failed({ code }), retry, 0)).toEqual({
      kind: 'restart_cursor',
      afterSeconds: 2,
    });
    expect(decideFailure(failed({ code, attempt: 6 }), retry, 0)).toMatchObject({ kind: 'fail' });
  });

  it('follows the row for every other action, whatever the attempt', () => {
    for (const attempt of [1, 100]) {
      const act = (action: RetryPolicy['action']) =>
        decideFailure(failed({ attempt }), { ...retry, action }, 0);
      expect(act('reconnect')).toEqual({ kind: 'reconnect' });
      expect(act('set_aside')).toEqual({ kind: 'set_aside' });
      expect(act('fail')).toEqual({ kind: 'fail', exhausted: false });
    }
  });

  it('never answers with a wait outside 1 s to 1 h and its jitter', () => {
    const policies = fc.record({
      action: fc.constantFrom(...policyActions),
      maxAttempts: fc.nat(20),
      baseSeconds: fc.double({ min: 0, max: 1e6, noNaN: true }),
      maxSeconds: fc.double({ min: 0, max: 1e9, noNaN: true }),
      multiplier: fc.double({ min: 1, max: 10, noNaN: true }),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const failures = fc.record({
      code: fc.constantFrom(...failureCodes),
      attempt: fc.integer({ min: 0, max: 1000 }),
      retryAfterSeconds: fc.option(fc.double({ min: -1e9, max: 1e12, noNaN: true })),
    });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(failures, policies, random, (failure, policy, draw) => {
        const action = decideFailure(failure, policy, draw);
        if (action.kind !== 'retry' && action.kind !== 'restart_cursor') return;
        expect(failure.attempt).toBeLessThan(policy.maxAttempts);
        expect(action.afterSeconds).toBeGreaterThanOrEqual(1);
        expect(action.afterSeconds).toBeLessThanOrEqual(3630);
      }),
    );
  });
});
