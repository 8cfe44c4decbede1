import { describe, expect, test } from 'vitest';
import {
  decideStart,
  type StartableConnection,
} from '../../../src/services/initial-sync/decide.ts';

const unlocked: StartableConnection = {
  status: 'connected',
  statusReason: null,
  canManualSync: true,
  startedAt: null,
  lockReason: null,
  lockedBy: null,
  liveRunId: null,
  lastRunFailed: false,
};
const locked: StartableConnection = {
  ...unlocked,
  canManualSync: false,
  startedAt: new Date('2026-05-04T10:00:00Z'),
  lockReason: 'Started once.',
  lockedBy: 'Ana',
};

describe('decideStart', () => {
  test('an unlocked connection starts without the override, whatever it says', () => {
    for (const override of ['not_asked', 'off', 'active', 'in_use'] as const) {
      expect(decideStart(unlocked, override)).toEqual({ kind: 'allowed_unlocked' });
    }
  });

  test('a locked connection asks for the override before anything is said about the lock', () => {
    expect(decideStart(locked, 'not_asked')).toEqual({ kind: 'ask_override' });
    expect(decideStart(locked, 'active')).toEqual({ kind: 'allowed_by_override' });
    expect(decideStart(locked, 'in_use')).toEqual({ kind: 'override_in_use' });
  });

  test('without an override it says who locked it, when, why, and who can unlock', () => {
    const decision = decideStart(locked, 'off');
    expect(decision).toMatchObject({
      kind: 'locked',
      lock: {
        lockedAt: new Date('2026-05-04T10:00:00Z'),
        lockedBy: 'Ana',
        reason: 'Started once.',
        unlockHint: expect.stringContaining('administrator'),
      },
    });
  });

  test('a lock set by plain SQL, without date and reason, is explained all the same', () => {
    const bare = { ...locked, startedAt: null, lockReason: null, lockedBy: null };
    expect(decideStart(bare, 'off')).toMatchObject({
      kind: 'locked',
      lock: {
        lockedAt: null,
        lockedBy: null,
        reason: 'It can be started once per connected account.',
      },
    });
  });

  test('after a failed run the hint names the retry, which needs no right', () => {
    const decision = decideStart({ ...locked, lastRunFailed: true }, 'off');
    expect(decision).toMatchObject({ lock: { unlockHint: expect.stringContaining('retry') } });
  });

  test('no connection and a disconnected one are both not connected', () => {
    expect(decideStart(null, 'active')).toEqual({ kind: 'not_connected' });
    expect(decideStart({ ...unlocked, status: 'disconnected' }, 'active')).toEqual({
      kind: 'not_connected',
    });
  });

  test('a dead consent comes before lock and override', () => {
    const dead = {
      ...locked,
      status: 'reconnect_required',
      statusReason: 'password changed',
    } as const;
    expect(decideStart(dead, 'active')).toEqual({
      kind: 'reconnect_required',
      cause: 'password changed',
    });
  });

  test('a live run comes before lock and override, so an override is never spent on it', () => {
    for (const connection of [unlocked, locked]) {
      expect(decideStart({ ...connection, liveRunId: 'r1' }, 'active')).toEqual({
        kind: 'already_running',
        runId: 'r1',
      });
    }
  });
});
