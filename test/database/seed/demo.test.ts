import { expect, test } from 'vitest';
import { demoOrganizations, seedDemo } from '../../../src/database/seed/demo.ts';
import { createDatabases, withOwner } from '../../support/database.ts';

test('the demo is the one of the contract, and seeding twice changes nothing', async () => {
  const databases = await createDatabases();
  const urls = { master: databases.masterUrl, company: databases.companyUrl };
  await seedDemo(urls);
  await withOwner(urls.company, (client) =>
    client.query(`update user_profiles set role = 'admin' where user_id = $1`, [
      demoOrganizations[0]?.members[0]?.id,
    ]),
  );
  await seedDemo(urls);
  const people = await withOwner(urls.company, async (client) => {
    const { rows } = await client.query<{ line: string }>(
      `select concat_ws(' ', u.email, p.role, m.role, o.name) as line from auth.users u
       join user_profiles p on p.user_id = u.id join user_organizations m on m.user_id = u.id
       join organization o on o.id = m.organization_id order by u.email`,
    );
    return rows.map((row) => row.line);
  });
  const companies = await withOwner(
    urls.master,
    async (client) => (await client.query('select id, name from companies order by name')).rows,
  );
  await databases.drop();
  expect(people).toEqual([
    'adam@acme.test admin admin Acme',
    'ana@acme.test admin member Acme',
    'ben@acme.test user member Acme',
    'gina@globex.test admin admin Globex',
    'gus@globex.test user member Globex',
    'olga@lockstep.test super_admin member Acme',
  ]);
  expect(companies).toEqual(demoOrganizations.map(({ id, name }) => ({ id, name })));
});
