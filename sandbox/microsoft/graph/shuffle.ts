import { Random } from '../../core/random.ts';

/** A shuffled copy; the same seed gives the same order. */
export function shuffle<T>(list: readonly T[], seed: number): T[] {
  const random = new Random(seed);
  return list
    .map((item) => ({ item, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
