import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabases, type TestDatabases } from '../support/database.ts';
import { acting, attempt } from './acting.ts';
import { seedWorld, type World } from './fixtures.ts';
import { closed, elsewhere, matrix } from './matrix.ts';

let databases: TestDatabases;
let client: pg.Client;
let world: World;

beforeAll(async () => {
  databases = await createDatabases();
  client = new pg.Client(databases.companyUrl);
  await client.connect();
  world = await seedWorld(client);
});
afterAll(async () => {
  await client.end();
  await databases.drop();
});

async function relations(schemas: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%s.%s', n.nspname, c.relname) as name from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any ($1) and c.relkind in ('r', 'p', 'v', 'm', 'f') order by 1`,
    [schemas],
  );
  return rows.map((row) => row.name);
}

test('every table, view and partition is in the matrix', async () => {
  const listed = new Set(
    matrix.map(({ table }) => (table.includes('.') ? table : `public.${table}`)),
  );
  const missing = (await relations(['public', 'auth', 'app', 'live'])).filter(
    (name) => !listed.has(name) && !(name in elsewhere) && !closed.some((kind) => kind.test(name)),
  );
  expect(missing, 'add rows to test/rls/matrix.ts and a builder to fixtures.ts').toEqual([]);
});

test('the matrix seeds rows for every table that it lists', () => {
  const empty = matrix.filter(({ table }) => (world.rows.get(table)?.size ?? 0) === 0);
  expect(empty.map(({ table }) => table)).toEqual([]);
});

test('partitions are closed to everybody but the owner', async () => {
  const partitions = (await relations(['public'])).filter((name) =>
    closed.some((kind) => kind.test(name)),
  );
  expect(partitions.length).toBeGreaterThanOrEqual(5);
  for (const actor of ['ana', 'olga', 'acmeService', 'maintenance'] as const) {
    await acting(client, world, actor, async () => {
      for (const partition of partitions) {
        expect(await attempt(client, `select from ${partition}`, [])).toBe('denied');
      }
    });
  }
});

test('requests reach nothing of the job queue, a service its jobs', async () => {
  const tables = await relations(['pgboss']);
  expect(tables.length).toBeGreaterThan(3);
  await acting(client, world, 'olga', async () => {
    for (const table of tables) {
      expect(await attempt(client, `select from ${table}`, [])).toBe('denied');
    }
  });
  await acting(client, world, 'acmeService', async () => {
    expect(await attempt(client, 'select from pgboss.job', [])).toBe(0);
  });
});
