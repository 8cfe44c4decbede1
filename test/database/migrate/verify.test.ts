import { afterEach, beforeEach, expect, test } from 'vitest';
import { testDatabase } from '../../../src/database/migrate/self-test.ts';
import { verifyDatabase } from '../../../src/database/migrate/verify.ts';
import { createDatabases, type TestDatabases, withOwner } from '../../support/database.ts';

let databases: TestDatabases;
beforeEach(async () => {
  databases = await createDatabases();
});
afterEach(() => databases.drop());

test('a migrated database is exactly what is committed in prisma/<db>/schema.sql', async () => {
  expect(await verifyDatabase(databases.companyUrl, 'company')).toEqual([]);
  expect(await verifyDatabase(databases.masterUrl, 'master')).toEqual([]);
});

const damages: readonly (readonly [sql: string, drift: string])[] = [
  ['alter table messages add column extra text', 'changed table public.messages'],
  ['alter table messages no force row level security', 'changed table public.messages'],
  ['grant update on connections to authenticated', 'changed table public.connections'],
  [
    'drop index messages_org_id_user_id_received_at_idx',
    'missing index messages_org_id_user_id_received_at_idx on public.messages',
  ],
  ['drop policy messages_read on messages', 'missing policy messages_read on public.messages'],
  [
    'create policy wide on messages for select to authenticated using (true)',
    'unexpected policy wide on public.messages',
  ],
  [
    'alter table sync_progress disable trigger sync_progress_1_validate',
    'changed trigger sync_progress_1_validate on public.sync_progress',
  ],
  ["alter type sync_action rename value 'held' to 'hold'", 'changed enum public.sync_action'],
  [
    `create or replace function app.reaches_all() returns boolean language sql as 'select true'`,
    'changed function app.reaches_all()',
  ],
  [
    'alter table sync_activity_log_default disable row level security',
    'changed table public.sync_activity_log_default',
  ],
  [
    'alter table connections alter column can_manual_sync drop default',
    'changed table public.connections',
  ],
  ['update pgboss.version set version = version - 1', 'changed schema pgboss (job queue)'],
];

test.each(damages)('%s is found', async (damage, drift) => {
  await withOwner(databases.companyUrl, (client) => client.query(damage));
  const found = await verifyDatabase(databases.companyUrl, 'company');
  expect(found.map((row) => `${row.drift} ${row.object}`)).toContain(drift);
});

test('a missing month of the activity log is found', async () => {
  await withOwner(databases.companyUrl, async (client) => {
    const { rows } = await client.query(
      `select 'sync_activity_log_' || to_char(now() at time zone 'UTC' + interval '1 month', 'YYYY_MM') as name`,
    );
    await client.query(`drop table ${rows[0].name}`);
  });
  const found = await verifyDatabase(databases.companyUrl, 'company');
  expect(found).toMatchObject([
    { drift: 'missing', object: expect.stringContaining('sync_activity_log_') },
  ]);
});

test('the end-to-end checks pass and leave nothing', async () => {
  const results = [
    ...(await testDatabase(databases.companyUrl, 'company')),
    ...(await testDatabase(databases.masterUrl, 'master')),
  ];
  expect(results.filter((result) => !result.passed)).toEqual([]);
  expect(results.length).toBeGreaterThan(8);
  await withOwner(databases.companyUrl, async (client) => {
    expect((await client.query('select from organization')).rowCount).toBe(0);
    expect((await client.query('select from admin_audit_log')).rowCount).toBe(0);
  });
});

test('the end-to-end checks notice a broken trigger', async () => {
  await withOwner(databases.companyUrl, (client) =>
    client.query('alter table sync_progress disable trigger sync_progress_2_calculate'),
  );
  const failed = (await testDatabase(databases.companyUrl, 'company')).filter((row) => !row.passed);
  expect(failed.map((row) => row.name)).toEqual([
    'progress computes elapsed, speed and ETA for plain SQL',
  ]);
});
