import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isVisibleIn, parseSnapshot } from '../../src/events/snapshot.ts';

test('reads what PostgreSQL writes', () => {
  const snapshot = parseSnapshot('10:20:10,14,15');
  expect(snapshot.running).toEqual(new Set([10, 14, 15]));
  expect([9, 10, 11, 14, 19, 20, 21].map((id) => isVisibleIn(snapshot, id))).toEqual([
    true,
    false,
    true,
    false,
    true,
    false,
    false,
  ]);
  expect(parseSnapshot('7:7:')).toEqual({ xmin: 7, xmax: 7, running: new Set() });
});

test('successive snapshots lose no transaction and repeat none, in whatever order they end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ starts: fc.nat(50), lasts: fc.nat(50) }), {
        minLength: 1,
        maxLength: 40,
      }),
      fc.uniqueArray(fc.nat(120), { minLength: 1, maxLength: 30 }),
      (spans, looks) => {
        const transactions = spans
          .toSorted((one, other) => one.starts - other.starts)
          .map(({ starts, lasts }, id) => ({ id, starts, ends: starts + lasts }));
        const snapshotAt = (time: number) => {
          const running = transactions.filter(({ starts, ends }) => starts <= time && ends > time);
          const xmax = transactions.filter(({ starts }) => starts <= time).length;
          const xmin = Math.min(xmax, ...running.map(({ id }) => id));
          return parseSnapshot(`${xmin}:${xmax}:${running.map(({ id }) => id).join(',')}`);
        };
        const times = [-1, ...looks.toSorted((one, other) => one - other), 200];
        const seen = new Map<number, number>();
        for (const [index, time] of times.entries()) {
          const before = snapshotAt(times[index - 1] ?? -1);
          const now = snapshotAt(time);
          for (const { id } of transactions) {
            if (isVisibleIn(now, id) && !isVisibleIn(before, id))
              seen.set(id, (seen.get(id) ?? 0) + 1);
          }
        }
        expect([...seen.values()].every((times) => times === 1)).toBe(true);
        expect(seen.size).toBe(transactions.length);
      },
    ),
  );
});
