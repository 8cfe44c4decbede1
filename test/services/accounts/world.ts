import { randomBytes } from 'node:crypto';
import { type Sandbox, startSandbox } from '../../../sandbox/server.ts';
import { type CompanyDatabase, openCompanyDatabase } from '../../../src/database/company.ts';
import { createCompanyDatabases } from '../../../src/database/company-databases.ts';
import { openMasterDatabase } from '../../../src/database/master.ts';
import { createLog } from '../../../src/log.ts';
import { createVendors } from '../../../src/providers/registry.ts';
import { type Accounts, createAccounts } from '../../../src/services/accounts/accounts.ts';
import type { FinishConnectResult } from '../../../src/services/accounts/finish-connect.ts';
import { type Purpose, purposeRules } from '../../../src/services/accounts/purpose.ts';
import { type EncryptionKey, Vault } from '../../../src/services/accounts/vault.ts';
import { createDatabases, type TestDatabases } from '../../support/database.ts';
import { seedTenants } from '../../support/tenants.ts';

export const publicUrl = 'http://127.0.0.1:4000';

const people = ['ana', 'ben', 'adam'].map((name) => `${name}@acme.test`);

const account = (email: string) => ({ email, name: email.split('@')[0] ?? email, mailbox: {} });

const seed = {
  version: 1 as const,
  microsoft: {
    tenants: [
      { domain: 'acme.test', name: 'Acme' },
      { domain: 'globex.test', name: 'Globex' },
    ],
    clients: [{ id: 'lockstep-sandbox', name: 'Lockstep', secrets: ['the-client-secret'] }],
    accounts: [
      ...[...people, 'gus@globex.test'].map(account),
      { ...account('home@outlook.test'), kind: 'personal' as const },
    ],
  },
  google: {
    clients: [{ id: 'lockstep-sandbox', name: 'Lockstep', secrets: ['the-client-secret'] }],
    accounts: [...people, 'gus@globex.test'].map(account),
  },
};

/** What a process needs to use the accounts of a world that another one started. */
export interface WorldAddress {
  readonly masterUrl: string;
  readonly companyUrl: string;
  readonly sandboxUrl: string;
  readonly keys: readonly { readonly id: string; readonly key: string }[];
}

export interface ProcessAccounts {
  readonly accounts: Accounts;
  readonly company: CompanyDatabase;
  close(): Promise<void>;
}

/** The account services as one process builds them. `offset` moves its clock, in seconds. */
export function openAccounts(
  address: WorldAddress,
  {
    offset = () => 0,
    lines,
    withGoogle = true,
  }: { offset?: () => number; lines?: string[]; withGoogle?: boolean } = {},
): ProcessAccounts {
  const log = createLog({
    level: lines ? 'debug' : 'silent',
    format: 'json',
    ...(lines ? { destination: { write: (line: string) => void lines.push(line) } } : {}),
  });
  const master = openMasterDatabase({ url: address.masterUrl, log });
  const company = openCompanyDatabase({ name: 'default', url: address.companyUrl, log });
  const databases = createCompanyDatabases({
    master,
    defaultDatabase: company,
    open: () => company,
    unseal: (sealed) => sealed,
  });
  const clock = () => new Date(Date.now() + offset() * 1000);
  const keys: EncryptionKey[] = address.keys.map(({ id, key }) => ({
    id,
    key: Buffer.from(key, 'hex'),
  }));
  const accounts = createAccounts({
    databases,
    vendors: createVendors({
      microsoft: {
        clientId: 'lockstep-sandbox',
        clientSecret: 'the-client-secret',
        tenant: 'common',
        loginUrl: address.sandboxUrl,
        graphUrl: address.sandboxUrl,
        clock,
        log,
      },
      ...(withGoogle
        ? {
            google: {
              clientId: 'lockstep-sandbox',
              clientSecret: 'the-client-secret',
              authUrl: address.sandboxUrl,
              tokenUrl: address.sandboxUrl,
              apiUrl: address.sandboxUrl,
              clock,
              log,
            },
          }
        : {}),
    }),
    vault: new Vault(keys),
    clock,
    log,
    random: () => 0.5,
    publicUrl: () => publicUrl,
  });
  return {
    accounts,
    company,
    async close() {
      await databases.close();
      await master.close();
    },
  };
}

export interface AccountsWorld extends ProcessAccounts {
  readonly address: WorldAddress;
  readonly sandbox: Sandbox;
  readonly tenants: Awaited<ReturnType<typeof seedTenants>>;
  readonly databases: TestDatabases;
  readonly lines: string[];
  /** Moves our clock, not the sandbox's. */
  advance(seconds: number): void;
  /** Everything a row holds, as the owner sees it. */
  rows<R = Record<string, unknown>>(text: string, values?: unknown[]): Promise<R[]>;
  /** Connects as a browser would; the member is ana unless told. */
  connect(choice?: ConnectChoice): Promise<FinishConnectResult>;
  /** Calls to the token endpoint so far. */
  tokenCalls(): Promise<number>;
}

export interface ConnectChoice {
  readonly organizationId?: string;
  readonly userId?: string;
  readonly provider?: Purpose;
  readonly account?: string;
  readonly scopes?: readonly string[];
  readonly decision?: 'accept' | 'cancel';
  /** Changes what the browser asks the vendor for. */
  readonly alter?: (query: URLSearchParams) => void;
  /** Changes the callback's query before it is used. */
  readonly change?: (query: URLSearchParams) => void;
  readonly cookie?: string;
}

/** Two organisations, the sandbox, and one process's accounts. */
export async function startAccountsWorld(): Promise<AccountsWorld> {
  const databases = await createDatabases();
  const tenants = await seedTenants(databases);
  const sandbox = await startSandbox({ port: 0, seed });
  const address: WorldAddress = {
    masterUrl: databases.masterUrl,
    companyUrl: databases.companyUrl,
    sandboxUrl: sandbox.url,
    keys: [{ id: 'k1', key: randomBytes(32).toString('hex') }],
  };
  let offset = 0;
  const lines: string[] = [];
  const own = openAccounts(address, { offset: () => offset, lines });
  const all = { role: 'service_role', organizationId: 'all' } as const;
  return {
    ...own,
    address,
    sandbox,
    tenants,
    databases,
    lines,
    advance: (seconds) => {
      offset += seconds;
    },
    rows: (text, values) => own.company.query(all, text, values),
    async connect(choice = {}) {
      const provider = choice.provider ?? 'outlook';
      const { vendor } = purposeRules[provider];
      const { authorizationUrl, cookie } = await own.accounts.connectProvider({
        organizationId: choice.organizationId ?? tenants.acme.id,
        userId: choice.userId ?? tenants.acme.members.ana.id,
        provider,
      });
      const asked = new URL(authorizationUrl);
      choice.alter?.(asked.searchParams);
      const callback = await sandbox.control[vendor].consent(asked, {
        account: choice.account ?? 'ana@acme.test',
        ...(choice.scopes ? { scopes: choice.scopes } : {}),
        ...(choice.decision ? { decision: choice.decision } : {}),
      });
      choice.change?.(callback.searchParams);
      return own.accounts.finishConnect({
        vendor,
        query: callback.searchParams,
        cookie: (name) => (name === cookie.name ? (choice.cookie ?? cookie.value) : undefined),
      });
    },
    async tokenCalls() {
      const { counters } = await sandbox.control.requests.counters();
      return counters
        .filter(({ endpoint }) => endpoint.endsWith('/token'))
        .reduce((sum, { requests }) => sum + requests, 0);
    },
    async close() {
      await own.close();
      await sandbox.close();
      await databases.drop();
    },
  };
}
