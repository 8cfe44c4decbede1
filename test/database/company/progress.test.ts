import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDatabases, type TestDatabases } from '../../support/database.ts';
import { type SeededTenant, seedTenants } from '../../support/tenants.ts';

let databases: TestDatabases;
let client: pg.Client;
let acme: SeededTenant<'ana' | 'ben' | 'adam'>;

beforeAll(async () => {
  databases = await createDatabases();
  client = new pg.Client(databases.companyUrl);
  await client.connect();
  ({ acme } = await seedTenants(databases));
});
afterAll(async () => {
  await client.end();
  await databases.drop();
});
beforeEach(async () => {
  await client.query('delete from sync_progress');
  await client.query('delete from sync_activity_log');
});

const insert = (columns = '', values = '') =>
  client.query(
    `INSERT INTO sync_progress (org_id, sync_id, entity_type, total_items, processed_count, source_system${columns})
     VALUES ($1, 'test-sync-001', 'customer', 100, 0, 'woocommerce'${values})`,
    [acme.id],
  );
const update = async (set: string) => {
  const { rows } = await client.query(
    `update sync_progress set ${set} where sync_id = 'test-sync-001' returning *`,
  );
  return rows[0];
};
const ago = (seconds: number) => `statement_timestamp() - interval '${seconds} seconds'`;

test('the plain insert of an operator works: running, nothing done, no ETA', async () => {
  await insert();
  expect((await client.query('select * from sync_progress')).rows).toMatchObject([
    {
      status: 'running',
      processed_count: 0,
      speed_items_per_min: 0,
      eta_seconds: null,
      elapsed_seconds: 0,
    },
  ]);
});

test('there are exactly the 16 columns of the product', async () => {
  const { fields } = await client.query('select * from sync_progress');
  expect(fields.map((field) => field.name)).toEqual([
    'id',
    'org_id',
    'sync_id',
    'entity_type',
    'source_system',
    'status',
    'total_items',
    'processed_count',
    'failed_count',
    'current_item',
    'elapsed_seconds',
    'speed_items_per_min',
    'eta_seconds',
    'started_at',
    'completed_at',
    'updated_at',
  ]);
});

test('speed and ETA follow from elapsed time, on insert too', async () => {
  await insert(', started_at', `, ${ago(60)}`);
  expect(await update('processed_count = 30')).toMatchObject({
    elapsed_seconds: expect.closeTo(60, 1),
    speed_items_per_min: expect.closeTo(30, 1),
    eta_seconds: expect.closeTo(140, 0),
  });
  await client.query(
    `insert into sync_progress (org_id, sync_id, entity_type, total_items, processed_count, source_system, started_at)
     values ($1, 'second', 'customer', 10, 5, 'x', ${ago(30)})`,
    [acme.id],
  );
  const { rows } = await client.query(`select * from sync_progress where sync_id = 'second'`);
  expect(rows).toMatchObject([
    { speed_items_per_min: expect.closeTo(10, 1), eta_seconds: expect.closeTo(30, 0) },
  ]);
});

test.each(['paused', 'held', 'queued'])('time %s is not counted', async (status) => {
  await insert(', started_at', `, ${ago(10)}`);
  const stopped = await update(`status = '${status}', processed_count = 10`);
  await delay(2_000);
  expect((await update('current_item = 10')).elapsed_seconds).toBe(stopped.elapsed_seconds);
  const going = await update(`status = 'running'`);
  expect(going.elapsed_seconds).toBeCloseTo(stopped.elapsed_seconds, 2);
  await delay(200);
  const later = await update('processed_count = 11');
  expect(later.elapsed_seconds - stopped.elapsed_seconds).toBeGreaterThan(0.19);
  expect(later.elapsed_seconds - stopped.elapsed_seconds).toBeLessThan(1.5);
});

test('an end stops the clock, with the time and no ETA left', async () => {
  await insert(', started_at', `, ${ago(10)}`);
  const done = await update(`status = 'completed', processed_count = 100`);
  expect(done).toMatchObject({
    eta_seconds: 0,
    completed_at: expect.any(Date),
    elapsed_seconds: expect.closeTo(10, 0),
  });
  await delay(100);
  expect((await update('failed_count = 1')).elapsed_seconds).toBe(done.elapsed_seconds);
  expect(await update(`status = 'running', processed_count = 50`)).toMatchObject({
    completed_at: null,
  });
  expect(await update(`status = 'failed'`)).toMatchObject({ eta_seconds: null });
});

test.each([
  ['processed_count = 101', /processed_count \(101\) must not exceed total_items \(100\)/],
  ['failed_count = 101', /failed_count \(101\) must not exceed/],
  ['processed_count = -1', /must not be negative/],
  ['total_items = -1', /must not be negative/],
])('%s is refused with a clear error', async (set, text) => {
  await insert();
  await expect(update(set)).rejects.toThrow(text);
  expect(await update('processed_count = 100')).toMatchObject({ processed_count: 100 });
});

test('status changes are logged, other changes are not', async () => {
  await insert();
  for (const set of [
    'processed_count = 1',
    `status = 'paused'`,
    `status = 'running'`,
    'processed_count = 2',
    `status = 'failed'`,
    `status = 'running'`,
    `status = 'completed'`,
  ]) {
    await update(set);
  }
  const { rows } = await client.query(
    'select action, status from sync_activity_log order by created_at',
  );
  expect(rows.map((row) => `${row.action} ${row.status}`)).toEqual([
    'started running',
    'paused paused',
    'resumed running',
    'failed failed',
    'retried running',
    'completed completed',
  ]);
});

test('a log that cannot be written does not stop the progress', async () => {
  await insert();
  await client.query('begin');
  await client.query(
    `alter table sync_activity_log add constraint broken check (message = 'never') not valid`,
  );
  expect(await update(`status = 'paused'`)).toMatchObject({ status: 'paused' });
  await client.query('rollback');
});

test('a missing month is written to the default partition and moved when it is made', async () => {
  await client.query(
    `insert into sync_activity_log (org_id, sync_id, action, created_at) values ($1, 'stray', 'progress', '2019-05-05')`,
    [acme.id],
  );
  const where = `select tableoid::regclass::text as part from sync_activity_log where sync_id = 'stray'`;
  expect((await client.query(where)).rows).toEqual([{ part: 'sync_activity_log_default' }]);
  const made = await client.query(`select app.ensure_activity_partitions(0, '2019-05-20') as part`);
  expect(made.rows).toEqual([{ part: 'sync_activity_log_2019_05' }]);
  expect((await client.query(where)).rows).toEqual([{ part: 'sync_activity_log_2019_05' }]);
  const dropped = await client.query('select app.drop_activity_partitions(12) as part');
  expect(dropped.rows).toEqual([{ part: 'sync_activity_log_2019_05' }]);
  expect((await client.query('select app.ensure_activity_partitions()')).rows).toEqual([]);
});

test('previews live for one hour and expired ones go', async () => {
  const add = `insert into sync_preview_cache (org_id, sync_type, entity_type`;
  const fresh = await client.query(
    `${add}) values ($1, 'calendar', 'appointment') returning expires_at - created_at as life`,
    [acme.id],
  );
  expect(fresh.rows[0].life).toMatchObject({ hours: 1 });
  await client.query(`${add}, expires_at) values ($1, 'calendar', 'appointment', now())`, [
    acme.id,
  ]);
  expect((await client.query('select from sync_preview_cache')).rowCount).toBe(1);
});
