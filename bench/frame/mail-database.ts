import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbedded } from '../../src/database/embedded.ts';
import { migrateUp } from '../../src/database/migrate/up.ts';

const silent = { debug: () => undefined, warn: () => undefined, error: () => undefined };

/** One message and the member who may see it. */
export interface Seen {
  readonly id: string;
  readonly org_id: string;
  readonly user_id: string;
}

/**
 * A company database with two organisations of ten mailboxes each, `messages` in every mailbox; an
 * administrator in each. On a server of its own.
 */
export async function openMailDatabase(messages: number) {
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-bench-'));
  const settings = { fsync: 'off', max_connections: '200' };
  const server = await startEmbedded({
    dataDir: directory,
    log: silent,
    databases: ['master', 'company'],
    settings,
  });
  const url = server.url('company');
  await migrateUp(server.url('master'), 'master');
  await migrateUp(url, 'company');
  const sql = new pg.Client({ connectionString: url });
  await sql.connect();
  for (const statement of seed) await sql.query(statement);
  await sql.query(fill, [messages]);
  await sql.query('vacuum analyze');
  return {
    url,
    masterUrl: server.url('master'),
    sql,
    /** Messages of all who are no administrators, in no order. */
    sample: async (count: number): Promise<Seen[]> =>
      (
        await sql.query<Seen>(
          `select m.id, org_id, user_id from messages m join user_profiles p using (user_id)
           where p.role = 'user' order by md5(m.id::text) limit $1`,
          [count],
        )
      ).rows,
    async close() {
      await sql.end();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const seed = [
  `insert into organization (name, slug) values ('Acme', 'acme'), ('Globex', 'globex')`,
  `insert into auth.users (email) select format('%s%s@bench.test', o.slug, n) from organization o, generate_series(1, 10) n`,
  `insert into auth.users_extended (id, org_id, email, full_name)
   select u.id, o.id, u.email, u.email from auth.users u join organization o on u.email like o.slug || '%'`,
  `update user_profiles set role = 'admin' where user_id in (select id from auth.users where email like '%x1@%' or email like '%e1@%')`,
  `insert into connections (org_id, tenant_id, provider_key, account_email)
   select org_id, id, 'outlook', email from auth.users_extended`,
];

const fill = `insert into messages (org_id, connection_id, user_id, provider_message_id, direction, subject,
    snippet, from_address, from_name, received_at)
  select c.org_id, c.id, c.tenant_id, 'm' || n, 'inbound', 'Subject number ' || n, repeat('snippet ', 8),
    'sender' || n % 50 || '@elsewhere.test', 'Sender ' || n % 50, now() - n * interval '1 minute'
  from connections c, generate_series(1, $1::integer) n`;
