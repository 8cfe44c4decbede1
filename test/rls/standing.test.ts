import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountStatement, type StoredAccount } from '../../src/services/access-account.ts';
import { memberOf, operationScope } from '../../src/services/access-member.ts';
import { createDatabases, type TestDatabases } from '../support/database.ts';
import { acting, attempt } from './acting.ts';
import { seedWorld, type World } from './fixtures.ts';
import { type Actor, actors, matrix } from './matrix.ts';

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

/** Everything an actor sees of each table, narrowed to the organisation, as one text. */
async function seen(actor: Actor, organization: string, standing: string): Promise<unknown> {
  return acting(client, world, actor, async () => {
    await client.query(
      `select set_config('app.current_organization_id', $1, true), set_config('app.current_standing', $2, true)`,
      [organization, standing],
    );
    const tables: Record<string, string | null> = {};
    for (const { table } of matrix) {
      if ((await attempt(client, `select from ${table} limit 1`, [])) === 'denied') continue;
      const { rows } = await client.query<{ seen: string | null }>(
        `select string_agg(t::text, E'\\n' order by t::text) as seen from ${table} t`,
      );
      tables[table] = rows[0]?.seen ?? null;
    }
    return tables;
  });
}

/** The standing a request of this actor is given in the organisation; null: it is refused. */
async function standingOf(actor: Actor, organizationId: string): Promise<string | null> {
  const { rows } = await client.query<StoredAccount>(accountStatement, [
    world.people[actor],
    organizationId,
  ]);
  try {
    const wish = { organizationId, companyId: null, tokenExpiresAt: new Date() };
    const scope = operationScope(memberOf(rows[0] ?? null, wish));
    return 'standing' in scope ? (scope.standing ?? null) : null;
  } catch {
    return null;
  }
}

const requests = actors.filter((actor) => !/Service|maintenance/.test(actor));

describe.each(requests)('%s', (actor) => {
  test.each(['acme', 'globex'] as const)(
    'sees the same of every table in %s, whether the standing is given or looked up',
    async (slug) => {
      const standing = await standingOf(actor, world[slug]);
      const lookedUp = await seen(actor, world[slug], '');
      if (standing === null) {
        // Access refuses this request: there is nothing to give, and nothing of the organisation to see.
        expect(JSON.stringify(lookedUp)).not.toContain(world[slug]);
        return;
      }
      expect(await seen(actor, world[slug], standing)).toEqual(lookedUp);
      expect(JSON.stringify(lookedUp)).toContain(world[slug]);
    },
  );
});

test('the matrix has a member, an administrator and a visitor whose standing is given', async () => {
  expect(await standingOf('ana', world.acme)).toBe('member');
  expect(await standingOf('adam', world.acme)).toBe('admin');
  expect(await standingOf('olga', world.acme)).toBe('admin');
  expect(await standingOf('ana', world.globex)).toBeNull();
});

test('with a standing given, policies look nothing up', async () => {
  const calls = async () => {
    const { rows } = await client.query<{ calls: number }>(
      `select coalesce(sum(calls), 0)::int as calls from pg_stat_xact_user_functions where schemaname = 'app'`,
    );
    return rows[0]?.calls;
  };
  const readAll = async (standing: string) =>
    acting(client, world, 'ana', async () => {
      await client.query(
        `select set_config('app.current_organization_id', $1, true), set_config('app.current_standing', $2, true)`,
        [world.acme, standing],
      );
      for (const table of [
        'organization',
        'connections',
        'messages',
        'sync_job_queue',
        'notifications',
      ]) {
        await client.query(`select from ${table}`);
      }
      return calls();
    });
  await client.query(`set track_functions = 'all'`).catch(() => undefined);
  expect(await readAll('member')).toBe(0);
});

test('a standing without an organisation shows nothing of any', async () => {
  await acting(client, world, 'ana', async () => {
    await client.query(`select set_config('app.current_standing', 'admin', true)`);
    expect(await attempt(client, 'select from messages', [])).toBe(0);
    expect(await attempt(client, 'select from organization', [])).toBe(0);
  });
});

test('an unknown standing counts as none', async () => {
  await acting(client, world, 'ana', async () => {
    await client.query(`select set_config('app.current_standing', 'owner', true)`);
    const { rows } = await client.query('select subject from messages');
    expect(rows.map((row) => row.subject)).toEqual(['ana']);
  });
});
