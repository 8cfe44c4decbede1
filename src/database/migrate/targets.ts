import { LockstepError } from '../../errors.ts';
import { withConnection } from './connection.ts';
import { loadMigrations, type MigrationLine, migrationLines } from './migrations.ts';

/** One database to migrate or inspect. */
export interface MigrationTarget {
  /** `master`, `company` (the default one), or `company:<slug>`. */
  readonly database: string;
  readonly line: MigrationLine;
  readonly url: string;
}

export interface TargetSources {
  readonly masterUrl: string;
  readonly companyUrl: string;
  /** Decrypts `companies.database_url`. */
  readonly unseal: (sealed: string, companyId: string) => string;
}

export const databaseChoices = ['master', 'company', 'all'] as const;
export type DatabaseChoice = (typeof databaseChoices)[number];

/** The chosen databases of one line; a company's own databases are found in the master. */
export async function migrationTargets(
  sources: TargetSources,
  line: MigrationLine,
): Promise<readonly MigrationTarget[]> {
  if (line === 'master') return [{ database: 'master', line, url: sources.masterUrl }];
  const own = await withConnection(sources.masterUrl, async (client) => {
    const exists = await client.query(`select to_regclass('public.companies') as found`);
    if (exists.rows[0]?.found === null) return [];
    const { rows } = await client.query<{ id: string; slug: string; database_url: string }>(
      'select id, slug, database_url from companies where database_url is not null order by slug',
    );
    return rows;
  });
  return [
    { database: 'company', line, url: sources.companyUrl },
    ...own.map((company) => ({
      database: `company:${company.slug}`,
      line,
      url: sources.unseal(company.database_url, company.id),
    })),
  ];
}

/** The lines that a choice and a migration's name speak of, in the order of going up. */
export async function chosenLines(
  choice: DatabaseChoice,
  to: string | undefined,
): Promise<readonly MigrationLine[]> {
  const chosen = migrationLines.filter((line) => choice === 'all' || choice === line);
  if (to === undefined || to === 'zero') return chosen;
  const named: MigrationLine[] = [];
  for (const line of chosen) {
    if ((await loadMigrations(line)).some(({ name }) => name === to)) named.push(line);
  }
  if (named.length > 0) return named;
  throw new LockstepError(
    'BAD_USER_INPUT',
    `There is no migration "${to}". "lockstep migrate status" lists them.`,
    { field: 'to' },
  );
}
