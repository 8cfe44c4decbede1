import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCompanyDatabase } from '../../src/database/company.ts';
import {
  type CompanyDatabases,
  createCompanyDatabases,
} from '../../src/database/company-databases.ts';
import { type MasterDatabase, openMasterDatabase } from '../../src/database/master.ts';
import { createDatabases, type TestDatabases, withOwner } from '../support/database.ts';
import { seedTenants } from '../support/tenants.ts';

let databases: TestDatabases;
let own: TestDatabases;
let master: MasterDatabase;
let tenants: Awaited<ReturnType<typeof seedTenants>>;
const log = { warn: () => undefined };
const closing: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  databases = await createDatabases();
  own = await createDatabases();
  tenants = await seedTenants(databases);
  master = openMasterDatabase({ url: databases.masterUrl, log });
});
afterAll(async () => {
  for (const database of closing) await database.close();
  await master.close();
  await databases.drop();
  await own.drop();
});

function directory(
  options: { master?: MasterDatabase; companyId?: string } = {},
): CompanyDatabases {
  const open = (name: string, url: string) => openCompanyDatabase({ name, url, poolSize: 1, log });
  const found = createCompanyDatabases({
    master: options.master ?? master,
    defaultDatabase: open('default', databases.companyUrl),
    open,
    unseal: (sealed, companyId) => sealed.replace(`sealed for ${companyId}: `, ''),
    companyId: options.companyId,
  });
  closing.push(found);
  return found;
}

test('an organisation lives in the default database until its company has one of its own', async () => {
  const found = directory();
  expect((await found.of(tenants.acme.id)).name).toBe('default');
  expect(await found.of(tenants.acme.id)).toBe(await found.of(tenants.globex.id));
  await master.query(
    `insert into companies (name, slug, database_url) values ('Initech', 'initech', 'x')`,
  );
  const [initech] = await master.query<{ id: string }>(
    `select id from companies where slug = 'initech'`,
  );
  const id = initech?.id ?? '';
  await master.query('update companies set database_url = $2 where id = $1', [
    id,
    `sealed for ${id}: ${own.companyUrl}`,
  ]);
  const database = await found.of(id);
  expect(database.name).toBe('initech');
  expect(database.url).toBe(own.companyUrl);
  await expect(database.ping()).resolves.toBeUndefined();
  expect((await found.all()).map((entry) => entry.name)).toEqual(['default', 'initech']);
  await master.query(`delete from companies where slug = 'initech'`);
});

test('unknown, inactive and other than pinned organisations are NOT_FOUND', async () => {
  const nowhere = '00000000-0000-4000-8000-000000000000';
  await expect(directory().of(nowhere)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const pinned = directory({ companyId: tenants.acme.id });
  expect((await pinned.of(tenants.acme.id)).name).toBe('default');
  await expect(pinned.of(tenants.globex.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await master.query('update companies set is_active = false where id = $1', [tenants.globex.id]);
  await expect(directory().of(tenants.globex.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await master.query('update companies set is_active = true where id = $1', [tenants.globex.id]);
});

test('with the master down the organisations of the default database are still found', async () => {
  const url = new URL(databases.masterUrl);
  url.port = '1';
  const down = openMasterDatabase({ url: url.href, log });
  const found = directory({ master: down });
  expect((await found.of(tenants.acme.id)).name).toBe('default');
  await down.close();
});

const audit = () =>
  withOwner(databases.masterUrl, async (client) => {
    const { rows } = await client.query<{ event: string }>(
      'select event from sync_permission_audit where company_id = $1 order by sequence',
      [tenants.acme.id],
    );
    return rows.map((row) => row.event);
  });

test('every grant, use, return and revocation of an override is audited, plain SQL included', async () => {
  const upsert = (value: string) =>
    withOwner(databases.masterUrl, (client) =>
      client.query(
        `insert into sync_permissions (company_id, can_manual_sync_override) values ($1, ${value})
         on conflict (company_id) do update set can_manual_sync_override = ${value}`,
        [tenants.acme.id],
      ),
    );
  await upsert('false');
  await upsert('null');
  expect(await audit()).toEqual([]);
  await upsert('true');
  await upsert('true');
  await upsert('false');
  await upsert('true');
  const claim = `update sync_permissions set can_manual_sync_override = null, override_claim_id = gen_random_uuid()
    where company_id = $1 and can_manual_sync_override returning override_enabled_at`;
  const claims = await Promise.all([1, 2, 3].map(() => master.query(claim, [tenants.acme.id])));
  expect(claims.map((rows) => rows.length).sort()).toEqual([0, 0, 1]);
  await master.query(
    'update sync_permissions set can_manual_sync_override = true, override_claim_id = null where company_id = $1',
    [tenants.acme.id],
  );
  await master.query('delete from sync_permissions where company_id = $1', [tenants.acme.id]);
  expect(await audit()).toEqual(['granted', 'revoked', 'granted', 'used', 'returned', 'removed']);
  await expect(master.query('delete from sync_permission_audit')).rejects.toThrow();
});

test('no signed-in role reaches anything of the master', async () => {
  await withOwner(databases.masterUrl, async (client) => {
    for (const role of ['authenticated', 'service_role']) {
      for (const table of ['companies', 'sync_permissions', 'sync_permission_audit']) {
        await client.query('begin');
        await client.query(`set local role ${role}`);
        await expect(client.query(`select from ${table}`)).rejects.toMatchObject({ code: '42501' });
        await client.query('rollback');
      }
    }
  });
});
