// B3: reads of twenty members side by side on few connections; not one may show a foreign row.
import { parseArgs } from 'node:util';
import { openCompanyDatabase } from '../src/database/company.ts';
import type { Scope } from '../src/database/scope.ts';
import { openMailDatabase, type Seen } from './frame/mail-database.ts';

const { values } = parseArgs({ options: { reads: { type: 'string', default: '1000000' } } });
const reads = Number(values.reads);
const workers = 16;
const mail = await openMailDatabase(500);
const database = openCompanyDatabase({
  name: 'bench',
  url: mail.url,
  poolSize: 5,
  lanes: 5,
  log: { warn: () => undefined },
});
const rows = await mail.sample(10_000);
const text = 'select id, org_id, user_id from messages where id = any ($1::uuid[])';

/** Reads the own message and the next ones of the list, which are somebody else's as a rule. */
async function read(number: number): Promise<{ seen: readonly Seen[]; of: Seen; own: number }> {
  const asked = [0, 1, 2, 3].map((next) => rows[(number * 7 + next) % rows.length]) as Seen[];
  const [of] = asked as [Seen];
  const own = asked.filter(({ user_id }) => user_id === of.user_id).length;
  const scope: Scope = {
    role: 'authenticated',
    userId: of.user_id,
    organizationId: of.org_id,
    ...(number % 3 > 0 && { standing: 'member' }),
  };
  const ids = asked.map(({ id }) => id);
  if (number % 10 === 0) {
    const seen = await database.transaction(scope, (tx) => tx.query<Seen>(text, [ids]));
    return { seen, of, own };
  }
  if (number % 10 !== 1) return { seen: await database.query<Seen>(scope, text, [ids]), of, own };
  const { prisma, release } = await database.borrow(scope);
  try {
    const found = await prisma.message.findMany({ where: { id: { in: ids } } });
    const seen = found.map(({ id, orgId, userId }) => ({ id, org_id: orgId, user_id: userId }));
    return { seen, of, own };
  } finally {
    release();
  }
}

let next = 0;
let foreign = 0;
let missing = 0;
async function worker(): Promise<void> {
  while (next < reads) {
    const { seen, of, own } = await read(next++);
    foreign += seen.filter((row) => row.user_id !== of.user_id || row.org_id !== of.org_id).length;
    if (seen.length < own) missing += 1;
    if (next % 100_000 === 0) process.stderr.write('.');
  }
}
const begun = performance.now();
try {
  await Promise.all(Array.from({ length: workers }, worker));
} finally {
  await database.close();
  await mail.close();
}
const seconds = (performance.now() - begun) / 1000;
process.stdout.write(
  `\nB3 ${reads} mixed reads in ${seconds.toFixed(0)} s: ${foreign} foreign rows, ${missing} reads with rows missing\n`,
);
process.exitCode = foreign === 0 && missing === 0 ? 0 : 1;
