import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { startEmbedded } from '../../src/database/embedded.ts';
import { migrateUp } from '../../src/database/migrate/up.ts';
import { Child } from './child.ts';
import { endedChildrenSeconds, parentOf } from './cpu.ts';
import { pgbench } from './pgbench.ts';
import type { Measurement } from './rounds.ts';

export type FeedVariant = 'no feed' | 'lockstep' | 'NOTIFY for every row';

const silent = { debug: () => undefined, warn: () => undefined, error: () => undefined };
const writers = 16;
/** Runs for the latency figure: each changes too rarely to be coalesced. */
const followedRuns = 400;

/** One transaction of a writer, as the engine commits a page, with so many messages. */
function commitScript(messages: number): string {
  return `begin;
select lease_number from sync_job_queue where id = (select run from bench_slot where n = :client_id) for update;
insert into messages (org_id, connection_id, user_id, provider_message_id, subject, body_text, direction, run_id)
  select s.org, s.connection, s.member, gen_random_uuid()::text, 'Subject', repeat('x', 1500), 'inbound', s.run
  from bench_slot s, generate_series(1, ${messages}) where s.n = :client_id;
update sync_job_queue set checkpoint = '{"page":1}', heartbeat_at = clock_timestamp(), attempt = 0
  where id = (select run from bench_slot where n = :client_id);
update sync_progress set processed_count = processed_count + ${messages}, total_items = 100000000
  where sync_id = (select run::text from bench_slot where n = :client_id) and org_id = (select org from bench_slot where n = :client_id);
commit;
`;
}

/** A migrated company database on a server of its own with real disk syncs; null without pgbench. */
export async function openFeedDatabase() {
  const program = pgbench.find();
  if (!program) return null;
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-bench-'));
  const server = await startEmbedded({ dataDir: directory, log: silent, databases: ['bench'] });
  const url = server.url('bench');
  await migrateUp(url, 'company');
  const sql = new pg.Client({ connectionString: url });
  await sql.connect();
  await sql.query(seed);
  const { rows } = await sql.query<{ pid: number }>('select pg_backend_pid() as pid');
  const postmaster = parentOf(rows[0]?.pid ?? 0);
  const scripts = {
    page: join(directory, 'page.sql'),
    row: join(directory, 'row.sql'),
    rare: join(directory, 'rare.sql'),
  };
  await writeFile(scripts.page, commitScript(20));
  await writeFile(scripts.row, commitScript(1));
  await writeFile(
    scripts.rare,
    `\\set n random(0, ${followedRuns - 1})\nupdate sync_progress set processed_count = processed_count + 1 where sync_id = 'rare ' || :n;\n`,
  );

  async function choose(variant: FeedVariant): Promise<void> {
    const ours = variant === 'lockstep' ? 'enable' : 'disable';
    const rowwise = variant === 'NOTIFY for every row' ? 'enable' : 'disable';
    await sql.query(`alter table sync_progress ${ours} trigger sync_progress_live_update`);
    await sql.query(`alter table sync_progress ${rowwise} trigger bench_notify`);
    await sql.query('truncate messages');
  }

  return {
    async measure(
      variant: FeedVariant,
      work: 'page' | 'row',
      seconds: number,
    ): Promise<Measurement> {
      await choose(variant);
      const listener = await Child.start('feed-listener.ts', [url, variant]);
      await delay(300);
      const before = endedChildrenSeconds(postmaster);
      const load = ['-c', `${writers}`, '-T', `${seconds}`, '-f', scripts[work]];
      const perSecond = pgbench.run(program, url, load);
      await delay(200);
      // The writers' connections have ended, the listener's have not: what a commit costs the writer.
      const cpu = endedChildrenSeconds(postmaster) - before;
      await listener.stop();
      return { perSecond, cpuMicroseconds: (cpu / (perSecond * seconds)) * 1_000_000 };
    },

    async latency(seconds: number) {
      await choose('lockstep');
      const listener = await Child.start('feed-listener.ts', [url, 'lockstep']);
      await delay(500);
      pgbench.run(program, url, ['-c', '4', '-R', '100', '-T', `${seconds}`, '-f', scripts.rare]);
      await delay(500);
      const answer = once(listener.process, 'message');
      listener.process.send({ report: true });
      const [times] = (await answer) as [{ p50: number; p99: number; received: number }];
      await listener.stop();
      return times;
    },

    async close() {
      await sql.end();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const seed = `
  insert into organization (name, slug) select 'Org ' || n, 'org-' || n from generate_series(1, ${writers}) n;
  insert into auth.users (email) select 'user' || n || '@bench.test' from generate_series(1, ${writers}) n;
  create table bench_slot (n integer primary key, org uuid, member uuid, connection uuid, run uuid);
  insert into bench_slot (n, org, member) select o.n - 1, o.id, u.id
    from (select row_number() over () as n, id from organization) o
    join (select row_number() over () as n, id from auth.users) u using (n);
  insert into auth.users_extended (id, org_id, email, full_name) select member, org, 'user' || n || '@bench.test', 'User' from bench_slot;
  with made as (
    insert into connections (tenant_id, org_id, provider_key) select member, org, 'outlook' from bench_slot returning id, org_id)
  update bench_slot s set connection = made.id from made where made.org_id = s.org;
  with made as (
    insert into sync_job_queue (org_id, user_id, kind, target_id, entity_type, source_system, status)
      select org, member, 'initial_mail', connection, 'message', 'outlook', 'running' from bench_slot returning id, org_id)
  update bench_slot s set run = made.id from made where made.org_id = s.org;
  insert into sync_progress (org_id, sync_id, entity_type, source_system, total_items)
    select org, run::text, 'message', 'outlook', 100000000 from bench_slot;
  insert into sync_progress (org_id, sync_id, entity_type, source_system, total_items)
    select (select org from bench_slot where n = 0), 'rare ' || n, 'message', 'outlook', 100000000
      from generate_series(0, ${followedRuns - 1}) n;
  create function bench_notify() returns trigger language plpgsql as
    $$ begin perform pg_notify('bench', row_to_json(new)::text); return null; end $$;
  create trigger bench_notify after update on sync_progress for each row execute function bench_notify();
`;
