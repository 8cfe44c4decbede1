import { describe, expect, it } from 'vitest';
import { parseDateTime } from '../../src/lib/date-time.ts';

describe('a moment by RFC 3339', () => {
  it.each([
    ['2026-05-01T12:00:00Z', '2026-05-01T12:00:00.000Z'],
    ['2026-05-01T12:00:00.123456Z', '2026-05-01T12:00:00.123Z'],
    ['2026-05-01T01:30:00+05:30', '2026-04-30T20:00:00.000Z'],
    ['2024-02-29T00:00:00-08:00', '2024-02-29T08:00:00.000Z'],
  ])('is %s', (text, moment) => {
    expect(parseDateTime(text)?.toISOString()).toBe(moment);
  });

  it.each([
    ['a day that does not exist', '2026-02-30T00:00:00Z'],
    ['no leap year', '2026-02-29T00:00:00Z'],
    ['month 13', '2026-13-01T00:00:00Z'],
    ['hour 24', '2026-05-01T24:00:00Z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['year 0000', '0000-01-01T00:00:00Z'],
    ['no offset', '2026-05-01T12:00:00'],
    ['a date only', '2026-05-01'],
    ['an offset of 24 hours', '2026-05-01T12:00:00+24:00'],
    ['a blank between', '2026-05-01 12:00:00Z'],
    ['a number', '1714564800'],
    ['something behind', '2026-05-01T12:00:00Zx'],
  ])('is not %s', (_, text) => {
    expect(parseDateTime(text)).toBeNull();
  });
});
