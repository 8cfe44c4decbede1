import type { Measurement, Results } from './rounds.ts';

/** A promise: ours against a peer, by one figure. */
export interface Target {
  readonly ours: string;
  readonly peer: string;
  readonly figure: 'cpu' | 'wall';
  /** The lowest round's ratio must reach it. */
  readonly atLeast: number;
}

/** The figures of each variant, then each target with its ratios; returns whether all were met. */
export function report(title: string, results: Results, targets: readonly Target[]): boolean {
  const lines = [`\n${title}`, row('variant', 'per second', 'server CPU us', 'p99 ms')];
  for (const [name, rounds] of results) {
    const p99 = rounds.map((round) => round.p99 ?? Number.NaN);
    lines.push(
      row(
        name,
        median(rounds.map(({ perSecond }) => perSecond)).toFixed(0),
        median(rounds.map(({ cpuMicroseconds }) => cpuMicroseconds)).toFixed(2),
        Number.isNaN(p99[0] ?? Number.NaN)
          ? ''
          : `${median(p99).toFixed(1)} (max ${Math.max(...p99).toFixed(1)})`,
      ),
    );
  }
  let met = true;
  for (const target of targets) {
    const ratios = ratiosOf(results, target);
    const name = `${target.ours} / ${target.peer}, ${target.figure}`;
    if (ratios.length === 0) {
      lines.push(row(name, 'not measured', '', `>= ${target.atLeast}`));
      continue;
    }
    const lowest = Math.min(...ratios);
    const holds = lowest >= target.atLeast;
    met &&= holds;
    const spread = `${median(ratios).toFixed(2)} (${lowest.toFixed(2)}-${Math.max(...ratios).toFixed(2)})`;
    lines.push(row(name, spread, `>= ${target.atLeast}`, holds ? 'met' : 'MISSED'));
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  return met;
}

function ratiosOf(results: Results, { ours, peer, figure }: Target): number[] {
  const peers = results.get(peer) ?? [];
  return (results.get(ours) ?? []).flatMap((own, round) => {
    const other = peers[round];
    return other ? [ratio(own, other, figure)] : [];
  });
}

function ratio(own: Measurement, peer: Measurement, figure: Target['figure']): number {
  return figure === 'cpu'
    ? peer.cpuMicroseconds / own.cpuMicroseconds
    : own.perSecond / peer.perSecond;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function row(...cells: string[]): string {
  const [first = '', ...rest] = cells;
  return `${first.padEnd(52)}${rest.map((cell) => cell.padStart(24)).join('')}`;
}
