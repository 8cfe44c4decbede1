import { describe, expect, it } from 'vitest';
import { retryAfterSeconds } from '../../src/lib/retry-after.ts';

const now = new Date('2026-01-05T08:00:00Z');

describe('retryAfterSeconds', () => {
  it.each([
    ['30', 30],
    [' 0 ', 0],
    ['Mon, 05 Jan 2026 08:00:30 GMT', 30],
    ['Mon, 05 Jan 2026 07:00:00 GMT', 0],
    ['999999999', 999_999_999],
    ['soon', null],
    ['', null],
    [null, null],
  ])('reads %j as %j', (header, expected) => {
    expect(retryAfterSeconds(header, now)).toBe(expected);
  });
});
