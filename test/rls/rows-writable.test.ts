import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabases, type TestDatabases } from '../support/database.ts';
import { acting, attempt } from './acting.ts';
import { seedWorld, type World } from './fixtures.ts';
import { actors, matrix, type Owner } from './matrix.ts';

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

const requests = actors.filter((actor) => !/Service$|maintenance/.test(actor));

describe.each(matrix)('$table', ({ table, key = 'id' }) => {
  const change = `update ${table} set ${key} = ${key} where ${key}::text = $1`;
  const removal = `delete from ${table} where ${key}::text = $1`;

  test.each(requests)('%s writes nothing', async (actor) => {
    await acting(client, world, actor, async () => {
      expect(await attempt(client, `insert into ${table} default values`, [])).toBe('denied');
      for (const row of world.rows.get(table)?.values() ?? []) {
        expect(await attempt(client, change, [row])).toBe('denied');
        expect(await attempt(client, removal, [row])).toBe('denied');
      }
      expect(await attempt(client, `truncate ${table} cascade`, [])).toBe('denied');
    });
  });
});

const tenantTables = matrix.filter(({ organization }) => organization !== null);

describe.each(tenantTables)(
  '$table',
  ({ table, key = 'id', organization = 'org_id', refused = [] }) => {
    const rowOf = (owner: Owner): string | undefined => world.rows.get(table)?.get(owner);
    const change = `update ${table} set ${key} = ${key} where ${key}::text = $1`;
    const removal = `delete from ${table} where ${key}::text = $1`;

    test('a service changes rows of its organisation only', async () => {
      const own = rowOf('shared') ?? rowOf('ana');
      await acting(client, world, 'acmeService', async () => {
        const verbs = { update: change, delete: removal } as const;
        for (const verb of ['update', 'delete'] as const) {
          const expected = refused.includes(verb) ? 'denied' : 1;
          expect(await attempt(client, verbs[verb], [own])).toBe(expected);
          expect(await attempt(client, verbs[verb], [rowOf('gus')])).toBe(
            expected === 'denied' ? 'denied' : 0,
          );
        }
        expect(await attempt(client, `truncate ${table} cascade`, [])).toBe('denied');
      });
    });

    test('a service moves no row to another organisation', async () => {
      const own = rowOf('shared') ?? rowOf('ana');
      const move = `update ${table} set ${organization} = $2 where ${key}::text = $1`;
      await acting(client, world, 'acmeService', async () => {
        expect(await attempt(client, move, [own, world.globex])).toBe('denied');
      });
    });

    test('a service adds no row to another organisation', async () => {
      const own = rowOf('shared') ?? rowOf('ana');
      // A copy of a row with a new key and the foreign organisation: only the policy can refuse it first.
      const columns = await client.query<{ name: string }>(
        `select quote_ident(attname) as name from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attname not in ('id', $2)`,
        [table, organization],
      );
      const names = columns.rows.map((row) => row.name).join(', ');
      const copy = `insert into ${table} (${organization}, ${names})
      select $2::uuid, ${names} from ${table} where ${key}::text = $1`;
      await acting(client, world, 'acmeService', async () => {
        expect(await attempt(client, copy, [own, world.globex])).toBe('denied');
      });
    });
  },
);
