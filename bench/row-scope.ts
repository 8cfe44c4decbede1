// B3: what row security costs a read by primary key, without Prisma and under it.
import { parseArgs } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { openCompanyDatabase } from '../src/database/company.ts';
import { PrismaClient } from '../src/database/generated/company/client.ts';
import { createPool } from '../src/database/pool.ts';
import type { Scope } from '../src/database/scope.ts';
import { runStatement } from '../src/database/transaction.ts';
import { cpuSeconds } from './frame/cpu.ts';
import { type Operation, runInterleaved } from './frame/interleaved.ts';
import { openMailDatabase, type Seen } from './frame/mail-database.ts';
import { report } from './frame/report.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    concurrency: { type: 'string', default: '8' },
  },
});
const concurrency = Number(values.concurrency);
const log = { warn: () => undefined };
const mail = await openMailDatabase(1_000);
const { url } = mail;
const rows = await mail.sample(5_000);

const text = 'select id, subject, from_address, received_at from messages where id = $1';
// Read as a list, because Prisma makes one statement of the findUnique calls of one tick.
const select = { id: true, subject: true, fromAddress: true, receivedAt: true };

function scopeOf({ user_id: userId, org_id: organizationId }: Seen): Scope {
  return { role: 'authenticated', userId, organizationId, standing: 'member' };
}

const plainPool = new pg.Pool({
  connectionString: url,
  max: concurrency,
  application_name: 'plain',
});
const ownerPool = createPool({
  url,
  size: concurrency,
  applicationName: 'owner',
  scoped: false,
  log,
});
const awaitedPool = new pg.Pool({
  connectionString: url,
  max: concurrency,
  application_name: 'awaited',
});
const options = { name: 'bench', poolSize: concurrency, lanes: concurrency, log };
const withApplication = (name: string) => `${url}?application_name=${name}`;
const ours = openCompanyDatabase({ ...options, url });
const lanes = openCompanyDatabase({ ...options, url });
const prismaOf = (name: string) =>
  new PrismaClient({
    adapter: new PrismaPg({ connectionString: withApplication(name), max: concurrency }),
  });
const plainPrisma = prismaOf('plain');
const transactionPrisma = prismaOf('transaction');

type Read = (row: Seen) => Promise<unknown>;
const scopeText = `select set_config('role', 'authenticated', true), set_config('app.current_user_id', $1, true),
  set_config('app.current_organization_id', $2, true), set_config('app.current_standing', 'member', true)`;

const reads: Record<string, { readonly perSlice: number; readonly read: Read }> = {
  'no row security, pg': {
    perSlice: 200,
    read: async ({ id }) => (await plainPool.query({ name: 'read', text, values: [id] })).rows[0],
  },
  'no row security, our statements': {
    perSlice: 200,
    read: async ({ id }) => (await runStatement(ownerPool, { role: 'owner' }, text, [id]))[0],
  },
  'four round trips': {
    perSlice: 100,
    read: async ({ id, user_id, org_id }) => {
      const client = await awaitedPool.connect();
      try {
        await client.query('begin');
        await client.query({ name: 'scope', text: scopeText, values: [user_id, org_id] });
        const { rows: found } = await client.query({ name: 'read', text, values: [id] });
        await client.query('commit');
        return found[0];
      } finally {
        client.release();
      }
    },
  },
  lockstep: {
    perSlice: 200,
    read: async (row) => (await ours.query(scopeOf(row), text, [row.id]))[0],
  },
  'Prisma, no row security': {
    perSlice: 60,
    read: ({ id }) => plainPrisma.message.findMany({ where: { id }, select }),
  },
  'Prisma, interactive transaction': {
    perSlice: 30,
    read: ({ id, user_id, org_id }) =>
      transactionPrisma.$transaction(async (tx) => {
        await tx.$queryRawUnsafe(scopeText, user_id, org_id);
        return tx.message.findMany({ where: { id }, select });
      }),
  },
  'Prisma, lockstep': {
    perSlice: 60,
    read: async (row) => {
      const { prisma, release } = await lanes.borrow(scopeOf(row));
      try {
        return await prisma.message.findMany({ where: { id: row.id }, select });
      } finally {
        release();
      }
    },
  },
};

/** The database's processes of a variant are those that appear when it runs for the first time. */
const known = new Set<number>();
async function backendsOf(read: Read): Promise<number[]> {
  for (let from = 0; from < concurrency * 20; from += concurrency) {
    await Promise.all(rows.slice(from, from + concurrency).map(read));
  }
  const { rows: found } = await mail.sql.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database()',
  );
  const added = found.map(({ pid }) => pid).filter((pid) => !known.has(pid));
  for (const pid of added) known.add(pid);
  return added;
}

try {
  await backendsOf(async () => undefined);
  const operations: Operation[] = [];
  for (const [name, { perSlice, read }] of Object.entries(reads)) {
    const row = rows[0];
    const found = row && JSON.stringify(await read(row));
    if (!row || !found?.includes(row.id)) throw new Error(`${name} does not see its row: ${found}`);
    const backends = await backendsOf(read);
    operations.push({
      name,
      perSlice,
      run: async (number) => {
        if (!(await read(rows[number % rows.length] ?? row))) throw new Error(`${name}: no row`);
      },
      cpuSeconds: () => backends.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    });
  }
  const results = await runInterleaved(operations, {
    rounds: Number(values.rounds),
    concurrency,
    countsThisProcess: true,
  });
  const met = report(
    `B3 row scope, ${concurrency} at a time; CPU of Node and PostgreSQL`,
    results,
    [
      { ours: 'lockstep', peer: 'no row security, pg', figure: 'cpu', atLeast: 0.9 },
      { ours: 'lockstep', peer: 'no row security, pg', figure: 'wall', atLeast: 0.9 },
      { ours: 'lockstep', peer: 'no row security, our statements', figure: 'cpu', atLeast: 0.9 },
      { ours: 'lockstep', peer: 'four round trips', figure: 'cpu', atLeast: 2.5 },
      { ours: 'lockstep', peer: 'four round trips', figure: 'wall', atLeast: 2.5 },
      { ours: 'Prisma, lockstep', peer: 'Prisma, no row security', figure: 'cpu', atLeast: 0.9 },
      {
        ours: 'Prisma, lockstep',
        peer: 'Prisma, interactive transaction',
        figure: 'cpu',
        atLeast: 2.5,
      },
    ],
  );
  process.exitCode = met ? 0 : 1;
} finally {
  await Promise.all([plainPool, ownerPool, awaitedPool].map((pool) => pool.end()));
  await Promise.all([ours, lanes].map((database) => database.close()));
  await Promise.all([plainPrisma, transactionPrisma].map((client) => client.$disconnect()));
  await mail.close();
}
