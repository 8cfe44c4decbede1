import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MailFolder, WellKnownFolder } from '../../../src/providers/contract.ts';
import {
  emptyAudit,
  planBackfill,
  restartBackfill,
  type Slice,
  sliceWindow,
  withoutCursor,
  withSlice,
} from '../../../src/services/initial-sync/backfill-checkpoint.ts';

const now = new Date('2026-11-21T12:00:00Z');
const from = new Date('2025-11-21T12:00:00Z');

function folder(path: string, wellKnown: WellKnownFolder | null = null): MailFolder {
  return { id: `id of ${path}`, name: path, path, parentId: null, wellKnown, totalCount: null };
}

const slice: Slice = {
  key: 'k',
  folderId: 'f',
  from: from.toISOString(),
  to: null,
  cursor: 'next',
  oldest: '2026-03-01T10:00:00.700Z',
};

describe('the plan', () => {
  test('reads inbox and sent mail first, then the fullest folders, each newest first', () => {
    const plan = planBackfill(
      [
        { folder: folder('B'), count: 5 },
        { folder: folder('A'), count: 5 },
        { folder: folder('Big'), count: 4000 },
        { folder: folder('Sent', 'sent'), count: 1 },
        { folder: folder('Inbox', 'inbox'), count: 3000 },
      ],
      from,
      now,
    );
    expect(plan.folders.map(({ name }) => name)).toEqual(['Inbox', 'Sent', 'Big', 'A', 'B']);
    const inbox = plan.slices.filter(({ folderId }) => folderId === 'id of Inbox');
    expect(inbox).toHaveLength(2);
    expect(inbox.map(({ to }) => to)).toEqual([null, inbox[0]?.from]);
    expect(new Set(plan.slices.map(({ key }) => key)).size).toBe(plan.slices.length);
  });

  test('cuts a window into slices that touch and never overlap, whatever its size', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 0, max: 4000 }), (count, days) => {
        const start = new Date(now.getTime() - days * 86_400_000);
        const { slices } = planBackfill([{ folder: folder('F'), count }], start, now);
        expect(slices[0]?.to).toBeNull();
        expect(slices.at(-1)?.from).toBe(start.toISOString());
        for (const [index, one] of slices.entries()) {
          if (index > 0) expect(one.to).toBe(slices[index - 1]?.from);
        }
      }),
    );
  });

  test('an empty folder is read all the same, because mail may arrive', () => {
    expect(planBackfill([{ folder: folder('F'), count: 0 }], from, now).slices).toHaveLength(1);
  });
});

describe('a lost cursor', () => {
  test('goes on with the second of the oldest stored message, which may hold others', () => {
    const restarted = withoutCursor(slice);
    expect(restarted).toMatchObject({ cursor: null, to: '2026-03-01T10:00:01.000Z' });
    expect(sliceWindow(restarted)).toEqual({ from, to: new Date('2026-03-01T10:00:01Z') });
  });

  test('before anything was stored starts the slice again', () => {
    expect(withoutCursor({ ...slice, oldest: null })).toMatchObject({ cursor: null, to: null });
  });

  test('in the audit compares anew, and forgets no repair', () => {
    const plan = planBackfill([{ folder: folder('F'), count: 1 }], from, now);
    const audit = { ...emptyAudit, folder: 3, cursor: 'x', expected: 70, repaired: 2 };
    expect(restartBackfill({ ...plan, audit }).audit).toEqual({ ...emptyAudit, repaired: 2 });
  });
});

test('a finished slice leaves the checkpoint, the others stay', () => {
  const plan = planBackfill([{ folder: folder('F'), count: 6000 }], from, now);
  const [first, second] = plan.slices;
  if (!first || !second) throw new Error('expected several slices');
  const moved = withSlice(plan, second.key, { ...second, cursor: 'c' });
  expect(moved.slices[1]).toMatchObject({ cursor: 'c' });
  expect(withSlice(moved, first.key, null).slices).toEqual(moved.slices.slice(1));
});
