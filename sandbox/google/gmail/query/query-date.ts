import { DateTime } from 'luxon';

/** Dates of a search mean midnight in California. */
const zone = 'America/Los_Angeles';

/** The value of `after:` or `before:` in milliseconds: epoch seconds, or a day; null when it is neither. */
export function readQueryDate(value: string): number | null {
  if (/^\d{9,}$/.test(value)) return Number(value) * 1000;
  const yearFirst = /^(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})$/.exec(value);
  const monthFirst = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(value);
  const [year, month, day] =
    yearFirst === null ? [monthFirst?.[3], monthFirst?.[1], monthFirst?.[2]] : yearFirst.slice(1);
  if (year === undefined) return null;
  const date = DateTime.fromObject(
    { year: Number(year), month: Number(month), day: Number(day) },
    { zone },
  );
  return date.isValid ? date.toMillis() : null;
}

const units = { d: 'days', m: 'months', y: 'years' } as const;

/** The value of `newer_than:` or `older_than:` (2d, 3m, 1y) before now, in milliseconds. */
export function readQueryAge(value: string, nowMs: number): number | null {
  const match = /^(\d+)([dmy])$/i.exec(value);
  if (match === null) return null;
  const unit = units[(match[2] ?? 'd').toLowerCase() as keyof typeof units];
  return DateTime.fromMillis(nowMs, { zone })
    .minus({ [unit]: Number(match[1]) })
    .toMillis();
}
