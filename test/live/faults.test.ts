import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withOwner } from '../support/database.ts';
import {
  asking,
  insertProgress,
  type LiveFixture,
  memberIn,
  openLive,
  readUntil,
} from './fixture.ts';

let fixture: LiveFixture;
beforeAll(async () => {
  fixture = await openLive();
});
afterAll(() => fixture.close());

/** Cuts every connection to the company database and lets none in while `meanwhile` runs, like a restart. */
async function outage(
  meanwhile: (server: { query(sql: string): Promise<unknown> }) => Promise<void>,
) {
  const name = new URL(fixture.databases.companyUrl).pathname.slice(1);
  await withOwner(fixture.databases.masterUrl, async (server) => {
    await server.query(`alter database ${name} allow_connections false`);
    await server.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
      [name],
    );
    await meanwhile(server);
    await server.query(`alter database ${name} allow_connections true`);
  });
}

describe('the feed survives', () => {
  test('a restart of PostgreSQL: streams stay, and show what they missed', async () => {
    const { live, tenants, databases } = fixture;
    const { acme } = tenants;
    await insertProgress(fixture.sql, acme.id, 'restart');
    const stream = await live.progress(asking(memberIn(acme, acme.members.ana)), 'restart');
    await readUntil(stream, (rows) => rows.length === 1);

    // A crash empties the noted changes; a change is committed before anyone listens again.
    await fixture.sql.query('truncate live.event');
    await outage(() => new Promise((resolve) => setTimeout(resolve, 1_000)));
    await withOwner(databases.companyUrl, async (operator) => {
      await operator.query(`alter table sync_progress disable trigger sync_progress_live_update`);
      await operator.query(
        `update sync_progress set processed_count = 30 where sync_id = 'restart'`,
      );
      await operator.query(`alter table sync_progress enable trigger sync_progress_live_update`);
    });
    await readUntil(stream, (rows) => rows.at(-1)?.processedCount === 30, 10_000);

    await withOwner(databases.companyUrl, (operator) =>
      operator.query(`update sync_progress set processed_count = 60 where sync_id = 'restart'`),
    );
    await readUntil(stream, (rows) => rows.at(-1)?.processedCount === 60, 2_000);
    stream.end(null);
  });

  test('changes committed while nobody listened for long', async () => {
    const { live, tenants, databases } = fixture;
    const { acme } = tenants;
    await withOwner(databases.companyUrl, async (operator) => {
      await insertProgress(operator, acme.id, 'unheard');
      // What a transaction sees that began before the first listener came.
      await operator.query('begin');
      await operator.query('select pg_current_xact_id()');
      const stream = await live.progress(asking(memberIn(acme, acme.members.ana)), 'unheard');
      await readUntil(stream, (rows) => rows.length === 1);
      await operator.query(
        `update sync_progress set processed_count = 5 where sync_id = 'unheard'`,
      );
      await operator.query('commit');
      await readUntil(stream, (rows) => rows.at(-1)?.processedCount === 5, 2_000);
      stream.end(null);
    });
  });

  test('a statement over more rows than are worth naming', async () => {
    const { live, tenants, databases } = fixture;
    const { acme } = tenants;
    await withOwner(databases.companyUrl, async (operator) => {
      await operator.query(
        `insert into sync_progress (org_id, sync_id, entity_type, total_items, source_system)
         select $1, 'bulk ' || n, 'customer', 10, 'import' from generate_series(1, 1500) n`,
        [acme.id],
      );
      const stream = await live.progress(asking(memberIn(acme, acme.members.ana)), 'bulk 7');
      await readUntil(stream, (rows) => rows.length === 1);
      await operator.query(
        `update sync_progress set processed_count = 9 where sync_id like 'bulk %'`,
      );
      await readUntil(stream, (rows) => rows.at(-1)?.processedCount === 9, 2_000);
      const { rows } = await operator.query<{ count: number }>(
        `select count(*)::int as count from live.event where key is not null and topic = 'progress'`,
      );
      expect(rows[0]?.count).toBeLessThan(100);
      stream.end(null);
    });
  });
});

test('nothing is noted while nobody listens', async () => {
  const { databases, tenants } = fixture;
  await fixture.live.close();
  await withOwner(databases.companyUrl, async (operator) => {
    await operator.query(`alter sequence live.listening restart`);
    await operator.query('truncate live.event');
    await insertProgress(operator, tenants.acme.id, 'alone');
    const { rows } = await operator.query('select from live.event');
    expect(rows.length).toBe(0);
  });
});
