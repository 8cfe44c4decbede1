import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabases, type TestDatabases } from '../support/database.ts';
import { acting, attempt } from './acting.ts';
import { seedWorld, type World } from './fixtures.ts';
import { type Actor, actors, matrix, type Owner, visibilities } from './matrix.ts';

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

/** The owners whose rows an actor sees; null when he may not read the table at all. */
async function visible(table: string, key: string, actor: Actor): Promise<Owner[] | null> {
  const rows = world.rows.get(table) ?? new Map<Owner, string>();
  return acting(client, world, actor, async () => {
    if ((await attempt(client, `select from ${table} limit 1`, [])) === 'denied') return null;
    const found = await client.query<{ key: string }>(`select ${key}::text as key from ${table}`);
    const keys = new Set(found.rows.map((row) => row.key));
    return [...rows].filter(([, row]) => keys.has(row)).map(([owner]) => owner);
  });
}

describe.each(matrix)('$table', ({ table, visible: kind, key = 'id' }) => {
  test.each(actors)('%s reads exactly what the matrix says', async (actor) => {
    const allowed: Partial<Record<Actor, readonly Owner[]>> = visibilities[kind];
    const seen = (await visible(table, key, actor)) ?? [];
    expect(seen.sort()).toEqual([...(allowed[actor] ?? [])].sort());
  });
});

test('with row security off on one table the walk sees the leak', async () => {
  await client.query('begin');
  await client.query('alter table messages disable row level security');
  await client.query('set local role authenticated');
  await client.query(`select set_config('app.current_user_id', $1, true)`, [world.people['ana']]);
  const { rows } = await client.query('select subject from messages order by subject');
  await client.query('rollback');
  expect(rows.map((row) => row.subject)).toEqual(['ana', 'ben', 'gus', 'left']);
});

test('narrowing to one organisation narrows a super administrator too', async () => {
  await acting(client, world, 'olga', async () => {
    await client.query(`select set_config('app.current_organization_id', $1, true)`, [world.acme]);
    const { rows } = await client.query('select subject from messages order by subject');
    expect(rows.map((row) => row.subject)).toEqual(['ana', 'ben', 'left']);
  });
});

test('an actor who was never named sees nothing, also after an earlier setting', async () => {
  await acting(client, world, 'ana', () => client.query('select 1'));
  await client.query('begin');
  await client.query('set local role authenticated');
  const { rows } = await client.query('select count(*)::int as seen from messages');
  await client.query('rollback');
  expect(rows).toEqual([{ seen: 0 }]);
});
