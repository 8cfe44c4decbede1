import type pg from 'pg';
import type { DatabaseCheck } from './database-check.ts';
import { expectEqual, expectRefused } from './expectations.ts';

const acme = '00000000-0000-4000-8000-0000000000a1';
const globex = '00000000-0000-4000-8000-0000000000b1';
const ana = '00000000-0000-4000-8000-0000000000a2';
const gus = '00000000-0000-4000-8000-0000000000b2';

async function addTenants(client: pg.ClientBase): Promise<void> {
  for (const [organization, user, name] of [
    [acme, ana, 'migrate-test-acme'],
    [globex, gus, 'migrate-test-globex'],
  ]) {
    const email = `${user}@migrate-test.invalid`;
    await client.query('insert into organization (id, name, slug) values ($1, $2, $2)', [
      organization,
      name,
    ]);
    await client.query('insert into auth.users (id, email) values ($1, $2)', [user, email]);
    await client.query(
      'insert into auth.users_extended (id, org_id, email, full_name) values ($1, $2, $3, $4)',
      [user, organization, email, name],
    );
    await client.query(
      `insert into user_organizations (user_id, organization_id, role) values ($1, $2, 'member')`,
      [user, organization],
    );
  }
}

async function addProgress(client: pg.ClientBase, organization: string): Promise<void> {
  await client.query(
    `insert into sync_progress (org_id, sync_id, entity_type, total_items, processed_count, source_system, started_at)
     values ($1, 'migrate-test', 'customer', 100, 0, 'woocommerce', statement_timestamp() - interval '60 seconds')`,
    [organization],
  );
}

/** Acts as a member until the next savepoint is rolled back. */
async function actAs(
  client: pg.ClientBase,
  role: string,
  setting: string,
  value: string,
): Promise<void> {
  await client.query(`select set_config('role', $1, true), set_config($2, $3, true)`, [
    role,
    setting,
    value,
  ]);
}

/** What a company database promises. */
export const companyChecks: readonly DatabaseCheck[] = [
  {
    name: 'a sign-up gets its profile, a home organisation its membership',
    run: async (client) => {
      await addTenants(client);
      const { rows } = await client.query(
        `select p.role, p.is_active, m.role as membership from user_profiles p
         join user_organizations m using (user_id) where p.user_id = $1`,
        [ana],
      );
      expectEqual('profile', rows, [{ role: 'user', is_active: true, membership: 'member' }]);
    },
  },
  {
    name: 'progress computes elapsed, speed and ETA for plain SQL',
    run: async (client) => {
      await addTenants(client);
      await addProgress(client, acme);
      const { rows } = await client.query(
        `update sync_progress set processed_count = 25 where sync_id = 'migrate-test'
         returning round(elapsed_seconds) as elapsed, round(speed_items_per_min) as speed, round(eta_seconds) as eta`,
      );
      expectEqual('progress', rows, [{ elapsed: 60, speed: 25, eta: 180 }]);
    },
  },
  {
    name: 'progress beyond the total is refused',
    run: async (client) => {
      await addTenants(client);
      await addProgress(client, acme);
      const refusal = await expectRefused(
        client,
        'processed_count 101 of 100',
        `update sync_progress set processed_count = 101 where sync_id = 'migrate-test'`,
      );
      if (!/101.*must not exceed.*100/.test(refusal))
        throw new Error(`unclear refusal: ${refusal}`);
    },
  },
  {
    name: 'a status change is logged, in a month without a partition too',
    run: async (client) => {
      await addTenants(client);
      await addProgress(client, acme);
      await client.query(
        `update sync_progress set status = 'completed' where sync_id = 'migrate-test'`,
      );
      await client.query(
        `insert into sync_activity_log (org_id, sync_id, action, created_at) values ($1, 'migrate-test', 'progress', '2001-01-15')`,
        [acme],
      );
      const { rows } = await client.query(
        `select action, tableoid::regclass = 'sync_activity_log_default'::regclass as stray
         from sync_activity_log where sync_id = 'migrate-test' order by action::text`,
      );
      expectEqual('activity', rows, [
        { action: 'completed', stray: false },
        { action: 'progress', stray: true },
        { action: 'started', stray: false },
      ]);
    },
  },
  {
    name: 'an expired preview goes when a new one is made',
    run: async (client) => {
      await addTenants(client);
      const add = `insert into sync_preview_cache (org_id, sync_type, entity_type, expires_at) values ($1, 'calendar', 'appointment', $2)`;
      await client.query(add, [acme, new Date(0)]);
      const { rows } = await client.query(
        'select count(*)::int as left from sync_preview_cache where org_id = $1',
        [acme],
      );
      expectEqual('previews', rows, [{ left: 0 }]);
    },
  },
  {
    name: 'a member sees the own organisation only, and writes nothing',
    run: async (client) => {
      await addTenants(client);
      await addProgress(client, acme);
      await addProgress(client, globex);
      await actAs(client, 'authenticated', 'app.current_user_id', ana);
      const { rows } = await client.query(
        `select org_id from sync_progress where sync_id = 'migrate-test' union all select id from organization`,
      );
      expectEqual('visible', rows, [{ org_id: acme }, { org_id: acme }]);
      await expectRefused(client, 'a member writing', `update organization set name = 'x'`);
    },
  },
  {
    name: 'a service cannot write for another organisation than its own',
    run: async (client) => {
      await addTenants(client);
      await actAs(client, 'service_role', 'app.service_organization_id', acme);
      await expectRefused(
        client,
        'a foreign row',
        `insert into sync_error_log (org_id, sync_id, code, message) values ($1, 'x', 'INTERNAL', 'x')`,
        [globex],
      );
    },
  },
  {
    name: 'the audit of administrators is a chain that cannot be changed',
    run: async (client) => {
      for (const action of ['first', 'second']) {
        await client.query('insert into admin_audit_log (action) values ($1)', [action]);
      }
      expectEqual(
        'broken entries',
        (await client.query('select app.broken_audit_entry()')).rows,
        [],
      );
      await expectRefused(
        client,
        'a change of the audit',
        `update admin_audit_log set action = 'x'`,
      );
    },
  },
];
