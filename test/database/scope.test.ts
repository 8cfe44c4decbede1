import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CompanyDatabase, openCompanyDatabase } from '../../src/database/company.ts';
import { createDatabases, type TestDatabases } from '../support/database.ts';
import { seedTenants } from '../support/tenants.ts';

let databases: TestDatabases;
let company: CompanyDatabase;
let tenants: Awaited<ReturnType<typeof seedTenants>>;

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
});
afterAll(async () => {
  await company.close();
  await databases.drop();
});

const names = `select name from organization order by name`;

test('a member sees the own organisation, a super administrator all', async () => {
  const { ana } = tenants.acme.members;
  const { olga } = tenants.globex.members;
  expect(await company.query({ role: 'authenticated', userId: ana.id }, names)).toEqual([
    { name: 'Acme' },
  ]);
  expect(await company.query({ role: 'authenticated', userId: olga.id }, names)).toEqual([
    { name: 'Acme' },
    { name: 'Globex' },
  ]);
});
