import type { Results } from './rounds.ts';

/** Something that can be done many times, and what of the machine it uses. */
export interface Operation {
  readonly name: string;
  /** Operations of a slice: about as many as keep every variant busy for the same time. */
  readonly perSlice: number;
  run(number: number): Promise<unknown>;
  /** Processor seconds used so far by everything that works for it, this process left out. */
  cpuSeconds(): number;
}

export interface Interleaving {
  readonly rounds: number;
  readonly concurrency: number;
  /** Whether this process does the work, or only asks servers for it. */
  readonly countsThisProcess: boolean;
}

/** Slices of a round: so many that a burst of other work on the machine meets every variant alike. */
const slices = 30;

/**
 * Measures small operations in this process and the processes that serve it, turn by turn in short
 * slices with the order rotated, `concurrency` at a time.
 */
export async function runInterleaved(
  operations: readonly Operation[],
  { rounds, concurrency, countsThisProcess }: Interleaving,
): Promise<Results> {
  const results: Results = new Map(operations.map(({ name }) => [name, []]));
  for (const operation of operations) await slice(operation, 0, concurrency);
  for (let round = 0; round < rounds; round++) {
    const totals = new Map(operations.map(({ name }) => [name, { count: 0, seconds: 0, cpu: 0 }]));
    for (let turn = 0; turn < slices; turn++) {
      for (let place = 0; place < operations.length; place++) {
        const operation = operations[(place + turn) % operations.length];
        const total = operation && totals.get(operation.name);
        if (!total) continue;
        const served = operation.cpuSeconds();
        const own = process.cpuUsage();
        const begun = performance.now();
        await slice(operation, (round * slices + turn) * operation.perSlice, concurrency);
        const { user, system } = process.cpuUsage(own);
        total.seconds += (performance.now() - begun) / 1000;
        if (countsThisProcess) total.cpu += (user + system) / 1e6;
        total.cpu += operation.cpuSeconds() - served;
        total.count += operation.perSlice;
      }
    }
    for (const [name, { count, seconds, cpu }] of totals) {
      results
        .get(name)
        ?.push({ perSecond: count / seconds, cpuMicroseconds: (cpu / count) * 1_000_000 });
    }
    process.stderr.write('.');
  }
  process.stderr.write('\n');
  return results;
}

async function slice(operation: Operation, from: number, concurrency: number): Promise<void> {
  let next = from;
  const end = from + operation.perSlice;
  const worker = async () => {
    while (next < end) await operation.run(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
