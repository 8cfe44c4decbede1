import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabases, type TestDatabases } from '../../support/database.ts';

let databases: TestDatabases;
let client: pg.Client;

beforeAll(async () => {
  databases = await createDatabases();
  client = new pg.Client(databases.companyUrl);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await databases.drop();
});

async function addPerson(): Promise<{ id: string; org: string; email: string }> {
  const [id, org] = [randomUUID(), randomUUID()];
  const email = `${id}@people.test`;
  await client.query('insert into organization (id, name, slug) values ($1, $2, $3)', [
    org,
    'x',
    org,
  ]);
  await client.query('insert into auth.users (id, email) values ($1, $2)', [id, email]);
  await client.query('insert into auth.users_extended (id, org_id, email) values ($1, $2, $3)', [
    id,
    org,
    email,
  ]);
  return { id, org, email };
}
const memberships = async (id: string) =>
  (
    await client.query('select organization_id, role from user_organizations where user_id = $1', [
      id,
    ])
  ).rows;

test('a home organisation is a membership, and an explicit row takes its place', async () => {
  const { id, org } = await addPerson();
  expect(await memberships(id)).toEqual([{ organization_id: org, role: 'member' }]);
  await client.query(
    `insert into user_organizations (user_id, organization_id, role) values ($1, $2, 'admin')`,
    [id, org],
  );
  expect(await memberships(id)).toEqual([{ organization_id: org, role: 'admin' }]);
  const again = client.query(
    `insert into user_organizations (user_id, organization_id, role) values ($1, $2, 'member')`,
    [id, org],
  );
  await expect(again).rejects.toMatchObject({ code: '23505' });
});

test('moving home moves the implied membership', async () => {
  const { id } = await addPerson();
  const other = await addPerson();
  await client.query('update auth.users_extended set org_id = $2 where id = $1', [id, other.org]);
  expect(await memberships(id)).toEqual([{ organization_id: other.org, role: 'member' }]);
});

test('a membership taken away by plain SQL stays away', async () => {
  const { id } = await addPerson();
  await client.query('delete from user_organizations where user_id = $1', [id]);
  await client.query(`update auth.users_extended set full_name = 'x' where id = $1`, [id]);
  expect(await memberships(id)).toEqual([]);
});

test('a fault in making the profile is recorded and never stops the sign-up', async () => {
  await client.query('alter table user_profiles add constraint broken check (false) not valid');
  const { id } = await addPerson();
  await client.query('alter table user_profiles drop constraint broken');
  const faults = await client.query(
    'select operation, sqlstate from user_profile_fault where user_id = $1',
    [id],
  );
  expect(faults.rows).toEqual([{ operation: 'create', sqlstate: '23514' }]);
  expect((await client.query('select from auth.users where id = $1', [id])).rowCount).toBe(1);
});

test('an e-mail change follows to the directory row', async () => {
  const { id } = await addPerson();
  await client.query('update auth.users set email = $2 where id = $1', [id, 'new@people.test']);
  const { rows } = await client.query('select email from auth.users_extended where id = $1', [id]);
  expect(rows).toEqual([{ email: 'new@people.test' }]);
});

test('deleting a person deletes what is theirs', async () => {
  const { id, org } = await addPerson();
  await client.query(
    `insert into connections (tenant_id, org_id, provider_key) values ($1, $2, 'outlook')`,
    [id, org],
  );
  await client.query('delete from auth.users where id = $1', [id]);
  expect((await client.query('select from connections where org_id = $1', [org])).rowCount).toBe(0);
});

test('the progress of a deleted person is not left to the colleagues', async () => {
  const { id, org } = await addPerson();
  const run = await client.query<{ id: string }>(
    `insert into sync_job_queue (org_id, user_id, kind, target_id, entity_type, source_system)
     values ($1, $2, 'initial_mail', $2, 'message', 'outlook') returning id`,
    [org, id],
  );
  await client.query(
    `insert into sync_progress (org_id, sync_id, entity_type, source_system)
     values ($1, $2, 'message', 'outlook'), ($1, 'free', 'customer', 'x')`,
    [org, run.rows[0]?.id],
  );
  await client.query('delete from auth.users where id = $1', [id]);
  const left = 'select sync_id from sync_progress where org_id = $1';
  expect((await client.query(left, [org])).rows).toEqual([{ sync_id: 'free' }]);
  const logged = 'select distinct sync_id from sync_activity_log where org_id = $1';
  expect((await client.query(logged, [org])).rows).toEqual([{ sync_id: 'free' }]);
});

test('of two live runs of one target the second is refused, a finished one makes room', async () => {
  const { org, id } = await addPerson();
  const add = () =>
    client.query(
      `insert into sync_job_queue (org_id, user_id, kind, target_id, entity_type, source_system)
       values ($1, $2, 'initial_mail', $1, 'message', 'outlook')`,
      [org, id],
    );
  await add();
  await expect(add()).rejects.toMatchObject({ constraint: 'sync_job_queue_one_live_run' });
  await client.query(`update sync_job_queue set status = 'failed' where org_id = $1`, [org]);
  await expect(add()).resolves.toBeDefined();
});

test('the audit of administrators is a chain: a changed row shows, a change is refused', async () => {
  for (const action of ['one', 'two', 'three']) {
    await client.query('insert into admin_audit_log (action, details) values ($1, $2)', [
      action,
      { action },
    ]);
  }
  const broken = async () => (await client.query('select app.broken_audit_entry() as at')).rows;
  expect(await broken()).toEqual([]);
  await expect(client.query(`update admin_audit_log set action = 'x'`)).rejects.toThrow(
    /append-only/,
  );
  await expect(client.query('truncate admin_audit_log')).rejects.toThrow(/append-only/);
  await client.query('alter table admin_audit_log disable trigger admin_audit_log_append_only');
  await client.query(`update admin_audit_log set details = '{}' where action = 'two'`);
  expect(await broken()).toEqual([{ at: '2' }]);
});
