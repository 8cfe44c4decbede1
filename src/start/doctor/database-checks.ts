import type { CompanyDatabase } from '../../database/company.ts';
import { assertMigrated } from '../../database/migrate/assert-migrated.ts';
import { verifyDatabase } from '../../database/migrate/verify.ts';
import { type Check, ok } from './check.ts';

const everyOrganization = { role: 'service_role', organizationId: 'all' } as const;
const oldestServer = 150_000;

const reachable: Check = {
  name: 'databases',
  cure: 'Check MASTER_DATABASE_URL and COMPANY_DATABASE_URL, and that the server runs.',
  run: async ({ master, companies }) => {
    const versionOf = (rows: { version: string }[]) => Number(rows[0]?.version ?? 0);
    const statement = `select current_setting('server_version_num') as version`;
    const found = [{ name: 'master', version: versionOf(await master.query(statement)) }];
    for (const database of await companies.all()) {
      const rows = await database.query<{ version: string }>(everyOrganization, statement);
      found.push({ name: database.name, version: versionOf(rows) });
    }
    return found.map(({ name, version }) =>
      version >= oldestServer
        ? ok(`${name}: PostgreSQL ${Math.floor(version / 10_000)}`)
        : {
            verdict: 'failed',
            found: `${name}: PostgreSQL ${Math.floor(version / 10_000)}`,
            cure: 'Upgrade the server to PostgreSQL 15 or newer.',
          },
    );
  },
};

const migrations: Check = {
  name: 'migrations',
  cure: 'Run: lockstep migrate up',
  run: async ({ urls, companies }) => {
    await assertMigrated(urls.master, 'master');
    for (const database of await companies.all()) await assertMigrated(database.url, 'company');
    return [ok('every database is at this version')];
  },
};

const objects: Check = {
  name: 'row-level security and objects',
  cure: 'Run: lockstep migrate verify',
  run: async ({ urls, companies }) => {
    const databases = [
      { name: 'master', url: urls.master, line: 'master' as const },
      ...(await companies.all()).map(({ name, url }) => ({ name, url, line: 'company' as const })),
    ];
    const drifts = await Promise.all(databases.map(({ url, line }) => verifyDatabase(url, line)));
    return databases.map(({ name }, index) => {
      const found = drifts[index] ?? [];
      if (found.length === 0) return ok(`${name}: policies, triggers and functions as migrated`);
      return {
        verdict: 'failed',
        found: `${name}: ${found.length} difference(s), first ${found[0]?.drift} ${found[0]?.object}`,
        cure: 'Run "lockstep migrate verify" for the list; put hand-made changes into a migration.',
      };
    });
  },
};

const roles: Check = {
  name: 'roles',
  cure: 'The URL’s role must be able to switch to "authenticated" and "service_role".',
  run: async ({ companies }) => {
    const found = [];
    for (const database of await companies.all()) found.push(await roleFinding(database));
    return found;
  },
};

async function roleFinding(database: CompanyDatabase) {
  const strong = await database.query<{ name: string }>(
    everyOrganization,
    `select rolname as name from pg_roles
      where rolname in ('authenticated', 'service_role') and (rolsuper or rolbypassrls)`,
  );
  const names = strong.map(({ name }) => name).join(', ');
  if (names === '') return ok(`${database.name}: requests and jobs run as restricted roles`);
  return {
    verdict: 'failed' as const,
    found: `${database.name}: ${names} can bypass row-level security`,
    cure: `Run as a superuser: alter role ${names} nosuperuser nobypassrls`,
  };
}

export const databaseChecks = [reachable, migrations, objects, roles] as const;
