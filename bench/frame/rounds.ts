import { waitForIdle } from './idle.ts';

/** What one variant did in one round. */
export interface Measurement {
  /** Operations per second on the wall clock. */
  readonly perSecond: number;
  /** Microseconds of server processor time per operation. */
  readonly cpuMicroseconds: number;
  /** Milliseconds, where it means something. */
  readonly p99?: number;
}

export interface Variant {
  readonly name: string;
  measure(): Promise<Measurement>;
}

export type Results = Map<string, Measurement[]>;

/** Every variant once a round, in rotated order, each on an idle machine. */
export async function runRounds(variants: readonly Variant[], rounds: number): Promise<Results> {
  const results: Results = new Map(variants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = variants.map((_, index) => variants[(index + round) % variants.length]);
    for (const variant of order) {
      if (!variant) continue;
      await waitForIdle();
      results.get(variant.name)?.push(await variant.measure());
      process.stderr.write('.');
    }
  }
  process.stderr.write('\n');
  return results;
}
