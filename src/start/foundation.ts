import type { Config } from '../config.ts';
import { type CompanyDatabase, openCompanyDatabase } from '../database/company.ts';
import { type CompanyDatabases, createCompanyDatabases } from '../database/company-databases.ts';
import { type MasterDatabase, openMasterDatabase } from '../database/master.ts';
import type { Logger } from '../log.ts';
import { Vault } from '../services/accounts/vault.ts';
import { type DatabaseUrls, openDatabaseUrls } from './database-urls.ts';
import { developmentKeys } from './encryption-keys.ts';
import type { Shutdown } from './shutdown.ts';

/** What every command that touches data stands on. */
export interface Foundation {
  readonly urls: DatabaseUrls;
  readonly master: MasterDatabase;
  readonly companies: CompanyDatabases;
  readonly vault: Vault;
  /** Decrypts `companies.database_url`. */
  readonly unseal: (sealed: string, companyId: string) => string;
}

export interface FoundationParts {
  readonly config: Config;
  readonly log: Logger;
  readonly shutdown: Shutdown;
}

/** Opens the databases; the embedded server is started or joined. Nothing is migrated here. */
export async function openFoundation({
  config,
  log,
  shutdown,
}: FoundationParts): Promise<Foundation> {
  const urls = await openDatabaseUrls(config, log);
  shutdown.add('the database server', () => urls.stop(), 15);
  const vault = new Vault(config.encryptionKeys ?? (await developmentKeys(config.dataDir)));
  const unseal: Foundation['unseal'] = (sealed, id) =>
    vault.open(sealed, {
      table: 'companies',
      rowId: id,
      column: 'database_url',
      organizationId: id,
    });
  const { poolSize, companyId } = config.databases;
  const master = openMasterDatabase({ url: urls.master, log });
  shutdown.add('the master database', () => master.close());
  const open = (name: string, url: string): CompanyDatabase =>
    openCompanyDatabase({ name, url, poolSize, log });
  const companies = createCompanyDatabases({
    master,
    defaultDatabase: open('default', urls.company),
    open,
    unseal,
    companyId: companyId ?? undefined,
  });
  shutdown.add('the company databases', () => companies.close());
  return { urls, master, companies, vault, unseal };
}
