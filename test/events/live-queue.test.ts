import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LiveQueue } from '../../src/events/live-queue.ts';

const paced = () => new LiveQueue<string>({ capacity: 3, paceMilliseconds: 250 });

describe('a live queue', () => {
  test('keeps the newest value of each key', () => {
    const queue = paced();
    queue.push('a', 'a1', 0);
    queue.push('a', 'a2', 1);
    queue.push('b', 'b1', 1);
    expect(queue.take(1)).toEqual(['a2', 'b1']);
    expect(queue.nextDueAt()).toBeNull();
  });

  test('spaces the values of one key, and lets others pass', () => {
    const queue = paced();
    queue.push('a', 'a1', 0);
    queue.take(0);
    queue.push('a', 'a2', 10);
    queue.push('b', 'b1', 10);
    expect(queue.take(10)).toEqual(['b1']);
    expect(queue.nextDueAt()).toBe(250);
    queue.push('a', 'a3', 100);
    expect(queue.take(249)).toEqual([]);
    expect(queue.take(250)).toEqual(['a3']);
  });

  test('an urgent value leaves at once, with the newest state of its key', () => {
    const queue = new LiveQueue<{ status: string; count: number }>({
      capacity: 3,
      paceMilliseconds: 250,
      isUrgent: (value, last) => value.status !== last.status,
    });
    queue.push('a', { status: 'running', count: 1 }, 0);
    queue.take(0);
    queue.push('a', { status: 'completed', count: 2 }, 5);
    queue.push('a', { status: 'completed', count: 3 }, 6);
    expect(queue.take(6)).toEqual([{ status: 'completed', count: 3 }]);
  });

  test('takes no more keys than it may hold', () => {
    const queue = paced();
    expect(['a', 'b', 'c', 'd'].map((key) => queue.push(key, key, 0))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(queue.push('a', 'again', 0)).toBe(true);
    expect(queue.size).toBe(3);
  });

  test('whatever is pushed when, each key leaves at most every 250 ms and ends with its last value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(60)), { maxLength: 200 }),
        (pushes) => {
          const queue = paced();
          const left = new Map<string, { at: number; value: string }[]>();
          const last = new Map<string, string>();
          let now = 0;
          const take = () => {
            for (const value of queue.take(now)) {
              const key = value.charAt(0);
              left.set(key, [...(left.get(key) ?? []), { at: now, value }]);
            }
          };
          for (const [index, [key, wait]] of pushes.entries()) {
            now += wait;
            last.set(key, `${key}${index}`);
            queue.push(key, `${key}${index}`, now);
            take();
          }
          now += 1_000;
          take();
          for (const [key, value] of last) {
            const times = left.get(key) ?? [];
            expect(times.at(-1)?.value).toBe(value);
            for (const [index, { at }] of times.entries()) {
              expect(at - (times[index - 1]?.at ?? -250)).toBeGreaterThanOrEqual(250);
            }
          }
        },
      ),
    );
  });
});
