import type pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assertMigrated } from '../../../src/database/migrate/assert-migrated.ts';
import { readCatalogue } from '../../../src/database/migrate/catalogue.ts';
import { loadMigrations, migrationLines } from '../../../src/database/migrate/migrations.ts';
import { migrateRollback } from '../../../src/database/migrate/rollback.ts';
import { migrationStatus } from '../../../src/database/migrate/status.ts';
import { migrateUp } from '../../../src/database/migrate/up.ts';
import { createDatabases, createEmptyDatabase, withOwner } from '../../support/database.ts';
import { seedTenants } from '../../support/tenants.ts';

let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
beforeEach(async () => {
  database = await createEmptyDatabase();
});
afterEach(() => database.drop());

const catalogue = (url: string) => withOwner(url, readCatalogue);
const nothing = { up: 'select 1', down: 'select 1', checksum: 'x' };

test.each(migrationLines)('%s: up, down one by one, up again gives the same', async (line) => {
  const names = (await loadMigrations(line)).map(({ name }) => name);
  const empty = await catalogue(database.url);
  expect(await migrateUp(database.url, line)).toEqual(names);
  const full = await catalogue(database.url);
  for (const name of names.toReversed()) {
    expect(await migrateRollback(database.url, line)).toEqual([name]);
  }
  expect(await catalogue(database.url)).toEqual(empty);
  expect(await migrateUp(database.url, line)).toEqual(names);
  expect(await catalogue(database.url)).toEqual(full);
  expect(await migrateUp(database.url, line)).toEqual([]);
});

test('a filled company database goes down to nothing and up again', async () => {
  const databases = await createDatabases();
  const { acme } = await seedTenants(databases);
  await withOwner(databases.companyUrl, (client) =>
    client.query(
      `insert into sync_progress (org_id, sync_id, entity_type, source_system) values ($1, 'x', 'customer', 'y')`,
      [acme.id],
    ),
  );
  await migrateRollback(databases.companyUrl, 'company', { to: 'zero' });
  expect(await withOwner(databases.companyUrl, leftovers)).toEqual(['public._prisma_migrations']);
  await migrateUp(databases.companyUrl, 'company');
  await databases.drop();
});

async function leftovers(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%s.%s', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname !~ '^(pg_|information_schema)' and c.relkind in ('r', 'p', 'v', 'S')`,
  );
  return rows.map((row) => row.name);
}

test('rolling the engine back removes its three tables and nothing else', async () => {
  await migrateUp(database.url, 'company', { to: '20260101000700_sync_engine' });
  const before = await catalogue(database.url);
  await migrateRollback(database.url, 'company');
  const after = await catalogue(database.url);
  const removed = [...before.keys()].filter((key) => !after.has(key));
  expect(removed.filter((key) => key.startsWith('table'))).toEqual([
    'table public.sync_activity_log',
    'table public.sync_activity_log_default',
    'table public.sync_preview_cache',
    'table public.sync_progress',
  ]);
  expect(removed.filter((key) => key.startsWith('function public'))).toHaveLength(5);
  expect(
    removed.every((key) =>
      /sync_(activity|preview|progress|action|totals|timestamp)|cleanup_expired|_activity_|protect_partition|forget_/.test(
        key,
      ),
    ),
  ).toBe(true);
  expect([...after].filter(([key, text]) => before.get(key) !== text)).toEqual([]);
});

test('two migrators at once: one runs, one waits and finds nothing to do', async () => {
  const [first, second] = await Promise.all([
    migrateUp(database.url, 'company'),
    migrateUp(database.url, 'company'),
  ]);
  const all = (await loadMigrations('company')).length;
  expect([first.length, second.length].sort((a, b) => a - b)).toEqual([0, all]);
});

test('a migration that fails half-way leaves nothing, is named, and can be repeated', async () => {
  const bad = {
    ...nothing,
    name: '20990101000000_bad',
    up: 'create table half (id int); select 1 / 0',
  };
  const good = { ...nothing, name: '20990101000000_bad', up: 'create table half (id int)' };
  const attempt = migrateUp(database.url, 'master', { migrations: [bad] });
  await expect(attempt).rejects.toMatchObject({
    code: 'MIGRATION',
    message: expect.stringContaining('20990101000000_bad'),
  });
  await withOwner(database.url, async (client) => {
    expect((await client.query(`select to_regclass('half') as found`)).rows).toEqual([
      { found: null },
    ]);
    const { rows } = await client.query(
      'select migration_name, finished_at, logs from _prisma_migrations',
    );
    expect(rows).toEqual([
      { migration_name: bad.name, finished_at: null, logs: expect.stringContaining('division') },
    ]);
  });
  expect(await migrateUp(database.url, 'master', { migrations: [good] })).toEqual([good.name]);
});

test('a migration changed after it was applied is refused', async () => {
  await migrateUp(database.url, 'master', {
    migrations: [{ ...nothing, name: '20990101000000_one' }],
  });
  const changed = { ...nothing, name: '20990101000000_one', checksum: 'y' };
  const attempt = migrateUp(database.url, 'master', { migrations: [changed] });
  await expect(attempt).rejects.toThrow(/20990101000000_one.*changed/);
});

test('an older and a newer database are told apart, with both versions', async () => {
  await migrateUp(database.url, 'master', { to: '20260101000000_companies' });
  await expect(assertMigrated(database.url, 'master')).rejects.toThrow(
    /is at 20260101000000_companies, this program needs 20260101000100_sync_permissions.*migrate up/,
  );
  await migrateUp(database.url, 'master');
  await expect(assertMigrated(database.url, 'master')).resolves.toBeUndefined();
  await withOwner(database.url, (client) =>
    client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, finished_at) values ('x', 'y', '29990101000000_future', now())`,
    ),
  );
  await expect(assertMigrated(database.url, 'master')).rejects.toThrow(
    /newer.*29990101000000_future/,
  );
  const states = await migrationStatus(database.url, 'master');
  expect(states.map((row) => row.state)).toEqual(['applied', 'applied', 'unknown']);
});

test('a job queue of another version is told, and brought up', async () => {
  await migrateUp(database.url, 'company');
  await withOwner(database.url, (client) => client.query('drop schema pgboss cascade'));
  await expect(assertMigrated(database.url, 'company')).rejects.toThrow(
    /job queue.*none.*migrate up/,
  );
  expect(await migrateUp(database.url, 'company')).toEqual([]);
  await expect(assertMigrated(database.url, 'company')).resolves.toBeUndefined();
  await withOwner(database.url, (client) =>
    client.query('update pgboss.version set version = 999'),
  );
  await expect(assertMigrated(database.url, 'company')).rejects.toThrow(/999.*newer program/);
});

test('an unknown name is a usage error', async () => {
  const attempt = migrateUp(database.url, 'master', { to: 'nope' });
  await expect(attempt).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { field: 'to' } });
});
