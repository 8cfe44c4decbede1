// B6: what the live feed costs 16 writers while clients follow, and how long from commit to client.
import { parseArgs } from 'node:util';
import { openFeedDatabase } from './frame/feed-database.ts';
import { report } from './frame/report.ts';
import { runRounds } from './frame/rounds.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '3' } },
});
const seconds = Number(values.seconds);
const database = await openFeedDatabase();
if (!database) process.exit(0);
try {
  const variants = (work: 'page' | 'row') =>
    (['no feed', 'lockstep', 'NOTIFY for every row'] as const).map((name) => ({
      name,
      measure: () => database.measure(name, work, seconds),
    }));
  const targets = [
    { ours: 'lockstep', peer: 'no feed', figure: 'wall', atLeast: 0.9 },
    { ours: 'lockstep', peer: 'no feed', figure: 'cpu', atLeast: 0.9 },
    { ours: 'lockstep', peer: 'NOTIFY for every row', figure: 'wall', atLeast: 1.7 },
  ] as const;
  const pages = await runRounds(variants('page'), Number(values.rounds));
  const met = report('B6 change feed, 16 writers committing pages of 20 messages', pages, targets);
  const rows = await runRounds(variants('row'), Number(values.rounds));
  report('the same with one message a commit: the least a commit can be', rows, targets);
  const { p50, p99, received } = await database.latency(10);
  process.stdout.write(
    `\ncommit to client at 100 commits a second: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (<= 50), ${received} received\n`,
  );
  process.exitCode = met && p99 <= 50 ? 0 : 1;
} finally {
  await database.close();
}
