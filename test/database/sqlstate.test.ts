import { expect, test } from 'vitest';
import { databaseError, sqlState, violatedConstraint } from '../../src/database/sqlstate.ts';
import { LockstepError } from '../../src/errors.ts';

const driver = (code: string, extra: object = {}) =>
  Object.assign(new Error('relation "secrets" at 10.0.0.1'), { code, ...extra });
const prisma = (code: string, originalCode?: string, constraint?: string) =>
  Object.assign(new Error('Invalid `prisma.x()` invocation'), {
    code,
    meta: originalCode
      ? { driverAdapterError: { cause: { originalCode, constraint: { index: constraint } } } }
      : {},
  });

test.each([
  ['too many connections', driver('53300'), 'UNAVAILABLE'],
  ['shutdown', driver('57P01'), 'UNAVAILABLE'],
  ['disk full', driver('53100'), 'UNAVAILABLE'],
  ['read only', driver('25006'), 'UNAVAILABLE'],
  ['statement timeout', driver('57014'), 'UNAVAILABLE'],
  ['lock timeout', driver('55P03'), 'UNAVAILABLE'],
  ['refused connection', driver('ECONNREFUSED'), 'UNAVAILABLE'],
  ['broken pipe', driver('EPIPE'), 'UNAVAILABLE'],
  ['full pool', new Error('timeout exceeded when trying to connect'), 'UNAVAILABLE'],
  ['ended connection', new Error('Connection terminated unexpectedly'), 'UNAVAILABLE'],
  ['deadlock', driver('40P01'), 'CONFLICT'],
  ['unique violation', driver('23505'), 'CONFLICT'],
  ['foreign key violation', driver('23503'), 'NOT_FOUND'],
  ['forbidden row', driver('42501'), 'NOT_FOUND'],
  ['impossible total', driver('23514'), 'BAD_USER_INPUT'],
  ['NUL in text', driver('22021'), 'BAD_USER_INPUT'],
  ['cast error', driver('22P02'), 'INTERNAL_SERVER_ERROR'],
  ['raised exception', driver('P0001'), 'INTERNAL_SERVER_ERROR'],
  ['Prisma: unreachable', prisma('P1001'), 'UNAVAILABLE'],
  ['Prisma: pool', prisma('P2024'), 'UNAVAILABLE'],
  ['Prisma: forbidden row', prisma('P2039', '42501'), 'NOT_FOUND'],
  ['Prisma: unique violation', prisma('P2002', '23505'), 'CONFLICT'],
  ['Prisma: no row', prisma('P2025'), 'NOT_FOUND'],
  ['anything', 'a thrown text', 'INTERNAL_SERVER_ERROR'],
])('%s', (_what, thrown, code) => {
  const error = databaseError(thrown);
  expect(error.code).toBe(code);
  expect(error.message).not.toMatch(/secrets|10\.0\.0\.1|prisma/i);
  expect(error.cause).toBe(thrown);
});

test('our own errors pass through unchanged', () => {
  const own = new LockstepError('SYNC_LOCKED', 'locked');
  expect(databaseError(own)).toBe(own);
});

test('the state and the constraint are found behind our error and inside Prisma’s', () => {
  const wrapped = databaseError(driver('23505', { constraint: 'one_live_run' }));
  expect([sqlState(wrapped), violatedConstraint(wrapped)]).toEqual(['23505', 'one_live_run']);
  const viaPrisma = databaseError(prisma('P2002', '23505', 'slug_key'));
  expect([sqlState(viaPrisma), violatedConstraint(viaPrisma)]).toEqual(['23505', 'slug_key']);
  expect([sqlState(new Error('x')), violatedConstraint(new Error('x'))]).toEqual([null, null]);
  expect(sqlState(prisma('P2025'))).toBeNull();
});
