import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CompanyDatabase, openCompanyDatabase } from '../../src/database/company.ts';
import { createLog } from '../../src/log.ts';
import { type Access, createAccess } from '../../src/services/access.ts';
import { createDatabases, type TestDatabases, withOwner } from '../support/database.ts';
import { seedTenants } from '../support/tenants.ts';

const log = createLog({ level: 'silent', format: 'json' });

describe('access', () => {
  let first: { databases: TestDatabases; company: CompanyDatabase };
  let second: typeof first;
  let tenants: Awaited<ReturnType<typeof seedTenants>>;
  let access: Access;
  const asked: string[] = [];

  beforeAll(async () => {
    const open = async (name: string) => {
      const databases = await createDatabases();
      return { databases, company: openCompanyDatabase({ name, url: databases.companyUrl, log }) };
    };
    first = await open('default');
    second = await open('own');
    tenants = await seedTenants(second.databases);
    const watched = [first, second].map(({ company }) => ({
      query: (...args: Parameters<CompanyDatabase['query']>) => {
        asked.push(company.name);
        return company.query(...args);
      },
    }));
    access = createAccess({
      databases: { all: async () => watched as unknown as CompanyDatabase[] },
      // The token is the user's id here; what tokens prove is tested elsewhere.
      verifier: { verify: async (token) => ({ userId: token, expiresAt: new Date('2099-01-01') }) },
      companyId: null,
    });
  });
  afterAll(async () => {
    for (const { company, databases } of [first, second]) {
      await company.close();
      await databases.drop();
    }
  });
  const sql = (text: string, values: unknown[] = []) =>
    withOwner(second.databases.companyUrl, (client) => client.query(text, values));

  it('looks for a user in every company database once, then only where they live', async () => {
    const { ana } = tenants.acme.members;
    asked.length = 0;
    await access.authenticate(ana.id, null);
    expect(asked).toEqual(['default', 'own']);
    asked.length = 0;
    await access.authenticate(ana.id, null);
    expect(asked).toEqual(['own']);
  });

  it('says whether somebody is still the member they were', async () => {
    const { acme } = tenants;
    const { ben, adam } = acme.members;
    const member = await access.authenticate(ben.id, null);
    expect(await access.stillMember(member)).toBe(true);

    await sql("update user_profiles set role = 'admin' where user_id = $1", [ben.id]);
    expect(await access.stillMember(member)).toBe(false);
    await sql("update user_profiles set role = 'user' where user_id = $1", [ben.id]);
    expect(await access.stillMember(member)).toBe(true);

    await sql('update organization set is_active = false where id = $1', [acme.id]);
    expect(await access.stillMember(member)).toBe(false);
    await sql('update organization set is_active = true where id = $1', [acme.id]);

    await sql('delete from user_organizations where user_id = $1', [ben.id]);
    expect(await access.stillMember(member)).toBe(false);
    const admin = await access.authenticate(adam.id, acme.id);
    await sql('delete from auth.users where id = $1', [adam.id]);
    expect(await access.stillMember(admin)).toBe(false);
  });
});
