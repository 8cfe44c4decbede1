import { LRUCache } from 'lru-cache';
import { LockstepError } from '../errors.ts';
import type { CompanyDatabase } from './company.ts';
import type { MasterDatabase } from './master.ts';

/** Finds the database of an organisation: the shared default one, or the company's own. */
export interface CompanyDatabases {
  /** Raises NOT_FOUND for an unknown or inactive organisation, and for others than the pinned one. */
  of(organizationId: string): Promise<CompanyDatabase>;
  /** Every company database, the default one first. */
  all(): Promise<readonly CompanyDatabase[]>;
  close(): Promise<void>;
}

export interface CompanyDatabasesOptions {
  readonly master: MasterDatabase;
  readonly defaultDatabase: CompanyDatabase;
  /** Opens a company's own database. */
  readonly open: (name: string, url: string) => CompanyDatabase;
  /** Decrypts `companies.database_url`, bound to its row. */
  readonly unseal: (sealed: string, companyId: string) => string;
  /** COMPANY_ID: this deployment serves one company only. */
  readonly companyId?: string | undefined;
}

interface Company {
  readonly id: string;
  readonly slug: string;
  readonly database_url: string | null;
}

/** How long an answer of the master may be used, in milliseconds: moves and closures are rare. */
const freshMilliseconds = 30_000;

/** Directory of the company databases, read from the master. */
export function createCompanyDatabases(options: CompanyDatabasesOptions): CompanyDatabases {
  const own = new Map<string, { readonly sealed: string; readonly database: CompanyDatabase }>();
  const known = new LRUCache<string, Company>({
    max: 10_000,
    ttl: freshMilliseconds,
    // While the master is down, what was known goes on.
    allowStale: true,
    noDeleteOnStaleGet: true,
  });

  const read = (id: string | null): Promise<Company[]> =>
    options.master.query<Company>(
      `select id, slug, database_url from companies
       where is_active and ($1::uuid is null or id = $1) and ($2::boolean or database_url is not null)
       order by slug`,
      [id, id !== null],
    );

  const databaseOf = (company: Company): CompanyDatabase => {
    if (company.database_url === null) return options.defaultDatabase;
    const opened = own.get(company.id);
    if (opened?.sealed === company.database_url) return opened.database;
    void opened?.database.close();
    const database = options.open(company.slug, options.unseal(company.database_url, company.id));
    own.set(company.id, { sealed: company.database_url, database });
    return database;
  };

  const lookUp = async (organizationId: string): Promise<Company> => {
    const fresh = known.get(organizationId, { allowStale: false });
    if (fresh) return fresh;
    try {
      const [company] = await read(organizationId);
      if (!company) {
        known.delete(organizationId);
        throw unknown();
      }
      known.set(organizationId, company);
      return company;
    } catch (error) {
      if (!(error instanceof LockstepError) || error.code !== 'UNAVAILABLE') throw error;
      return (
        known.get(organizationId) ?? (await inDefault(options.defaultDatabase, organizationId))
      );
    }
  };

  return {
    of: async (organizationId) => {
      if (options.companyId !== undefined && organizationId !== options.companyId) throw unknown();
      return databaseOf(await lookUp(organizationId));
    },
    all: async () => {
      if (options.companyId !== undefined) return [databaseOf(await lookUp(options.companyId))];
      return [options.defaultDatabase, ...(await read(null)).map(databaseOf)];
    },
    close: async () => {
      await options.defaultDatabase.close();
      for (const { database } of own.values()) await database.close();
    },
  };
}

/** The master is down and was never asked: the default database itself knows its organisations. */
async function inDefault(database: CompanyDatabase, organizationId: string): Promise<Company> {
  const [row] = await database.query<{ slug: string }>(
    { role: 'service_role', organizationId },
    'select slug from organization where id = $1 and is_active',
    [organizationId],
  );
  if (!row) throw unknown();
  return { id: organizationId, slug: row.slug, database_url: null };
}

function unknown(): LockstepError {
  return new LockstepError('NOT_FOUND', 'There is no such organisation here.');
}
