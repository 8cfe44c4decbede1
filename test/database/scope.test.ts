import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CompanyDatabase, openCompanyDatabase } from '../../src/database/company.ts';
import type { Scope } from '../../src/database/scope.ts';
import { LockstepError } from '../../src/errors.ts';
import { createDatabases, type TestDatabases, withOwner } from '../support/database.ts';
import { seedTenants } from '../support/tenants.ts';

let databases: TestDatabases;
let company: CompanyDatabase;
let tenants: Awaited<ReturnType<typeof seedTenants>>;
let ana: Scope;
let gus: Scope;
let acme: Scope;

beforeAll(async () => {
  databases = await createDatabases();
  tenants = await seedTenants(databases);
  company = openCompanyDatabase({
    name: 'default',
    url: databases.companyUrl,
    poolSize: 5,
    lanes: 5,
    log: { warn: () => undefined },
  });
  ana = { role: 'authenticated', userId: tenants.acme.members.ana.id };
  gus = { role: 'authenticated', userId: tenants.globex.members.gus.id };
  acme = { role: 'service_role', organizationId: tenants.acme.id };
});
afterAll(async () => {
  await company.close();
  await databases.drop();
});

const names = 'select name from organization order by name';
const addError = `insert into sync_error_log (org_id, sync_id, code, message) values ($1, $2, 'INTERNAL', 'x')`;

async function errorsOf(syncId: string): Promise<number> {
  const all: Scope = { role: 'service_role', organizationId: 'all' };
  const rows = await company.query<{ count: number }>(
    all,
    'select count(*) from sync_error_log where sync_id = $1',
    [syncId],
  );
  return rows[0]?.count ?? -1;
}

test('a member sees the own organisation, a super administrator all', async () => {
  const olga: Scope = { role: 'authenticated', userId: tenants.globex.members.olga.id };
  expect(await company.query(ana, names)).toEqual([{ name: 'Acme' }]);
  expect(await company.query(olga, names)).toEqual([{ name: 'Acme' }, { name: 'Globex' }]);
});

test('10,000 interleaved statements over five connections meet no foreign row', async () => {
  let wrong = 0;
  let seen = 0;
  const worker = async (seed: number): Promise<void> => {
    for (let at = 0; at < 250; at += 1) {
      const [scope, expected] =
        (at * 7 + seed) % 2 ? ([ana, 'Acme'] as const) : ([gus, 'Globex'] as const);
      const rows =
        at % 10 === 0
          ? await company.transaction(scope, (tx) => tx.query<{ name: string }>(names))
          : await company.query<{ name: string }>(scope, names);
      seen += rows.length;
      wrong += rows.filter((row) => row.name !== expected).length;
    }
  };
  await Promise.all(Array.from({ length: 40 }, (_, seed) => worker(seed)));
  expect({ seen, wrong }).toEqual({ seen: 10_000, wrong: 0 });
}, 60_000);

test('a transaction that throws leaves nothing, and its connection serves on', async () => {
  const failed = company.transaction(acme, async (tx) => {
    await tx.query(addError, [tenants.acme.id, 'rolled-back']);
    throw new Error('on purpose');
  });
  await expect(failed).rejects.toThrow('on purpose');
  expect(await errorsOf('rolled-back')).toBe(0);
});

test('a failure that the work swallows does not pass for a commit', async () => {
  const swallowed = company.transaction(acme, async (tx) => {
    await tx.query(addError, [tenants.acme.id, 'swallowed']);
    await tx.query('select 1 / 0').catch(() => undefined);
  });
  await expect(swallowed).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  expect(await errorsOf('swallowed')).toBe(0);
});

test('a statement after the end of its transaction is refused', async () => {
  const late = await company.transaction(acme, async (tx) => tx);
  await expect(late.query(names)).rejects.toThrow(/after its transaction had ended/);
});

test('a deadlock is tried again and both writers get through', async () => {
  const [first, second] = ['deadlock-1', 'deadlock-2'];
  for (const id of [first, second]) {
    await company.transaction(acme, (tx) => tx.query(addError, [tenants.acme.id, id]));
  }
  const touch = `update sync_error_log set message = message || '.' where sync_id = $1`;
  let arrived = 0;
  const inOrder = (ids: readonly (string | undefined)[]) =>
    company.transaction(acme, async (tx) => {
      await tx.query(touch, [ids[0]]);
      arrived += 1;
      while (arrived < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      await tx.query(touch, [ids[1]]);
    });
  await Promise.all([inOrder([first, second]), inOrder([second, first])]);
  const rows = await company.query<{ message: string }>(
    acme,
    `select message from sync_error_log where sync_id like 'deadlock-%'`,
  );
  expect(rows.map((row) => row.message)).toEqual(['x..', 'x..']);
});

test('a service writes for its organisation only', async () => {
  const foreign = company.query(acme, addError, [tenants.globex.id, 'foreign']);
  await expect(foreign).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await errorsOf('foreign')).toBe(0);
});

test('nothing of a scope stays on the connection', async () => {
  await company.query(ana, names);
  const left = await company.query(
    acme,
    `select current_setting('app.current_user_id', true) as person, current_user as role`,
  );
  expect(left).toEqual([{ person: '', role: 'service_role' }]);
  await withOwner(databases.companyUrl, async (client) => {
    expect(
      (await client.query('select current_user <> $1 as owner', ['authenticated'])).rows,
    ).toEqual([{ owner: true }]);
  });
});

test('a malformed id is refused before it reaches the database', async () => {
  const asked = company.query({ role: 'authenticated', userId: `' or true --` }, names);
  await expect(asked).rejects.toThrow(LockstepError);
  await expect(asked).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    details: { field: 'userId' },
  });
});

test('values keep their types: bigint as number, date as text, json as objects', async () => {
  const rows = await company.query(
    acme,
    `select 12::bigint as big, date '2026-03-29' as day, '{"a": [1]}'::jsonb as doc, $1::text[] as list`,
    [['x', 'y']],
  );
  expect(rows).toEqual([{ big: 12, day: '2026-03-29', doc: { a: [1] }, list: ['x', 'y'] }]);
});
