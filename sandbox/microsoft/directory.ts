import { RequestError } from '../core/request-error.ts';
import type { StatePart } from '../core/state-part.ts';

/** Tenant id of every personal Microsoft account. */
export const personalTenant = '9188040d-6c67-4c5b-b112-36a304b66dad';

export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
}

export interface Account {
  readonly oid: string;
  readonly email: string;
  readonly name: string;
  readonly tenantId: string;
  readonly kind: 'work' | 'personal';
}

export interface OAuthClient {
  readonly id: string;
  readonly secrets: readonly string[];
  readonly name: string;
  /** Exact addresses. */
  readonly redirectUris: readonly string[];
  /** Any http address on 127.0.0.1, [::1] or localhost, whatever its port and path. */
  readonly loopbackRedirects: boolean;
  /** A single-page application: its refresh tokens live 24 hours, not extended by use. */
  readonly spa: boolean;
}

/** Tenants, accounts and registered applications. */
export class Directory implements StatePart {
  readonly name = 'microsoft.directory';
  #tenants = new Map<string, Tenant>();
  #accounts = new Map<string, Account>();
  #byEmail = new Map<string, Account>();
  #clients = new Map<string, OAuthClient>();

  addTenant(tenant: Tenant): void {
    this.#tenants.set(tenant.id, tenant);
  }

  addAccount(account: Account): void {
    this.#accounts.set(account.oid, account);
    this.#byEmail.set(account.email.toLowerCase(), account);
  }

  putClient(client: OAuthClient): void {
    this.#clients.set(client.id, client);
  }

  /** By id or domain. */
  tenant(idOrDomain: string): Tenant | undefined {
    const wanted = idOrDomain.toLowerCase();
    return (
      this.#tenants.get(wanted) ??
      [...this.#tenants.values()].find((tenant) => tenant.domain === wanted)
    );
  }

  account(oid: string): Account | undefined {
    return this.#accounts.get(oid);
  }

  accountByEmail(email: string): Account | undefined {
    return this.#byEmail.get(email.toLowerCase());
  }

  /** The account, or an error that names those there are. */
  requireAccount(email: string): Account {
    const account = this.accountByEmail(email);
    if (account !== undefined) return account;
    throw new RequestError(
      `There is no Microsoft account ${email}; there are ${this.accounts()
        .map((one) => one.email)
        .join(', ')}.`,
      404,
    );
  }

  accounts(): Account[] {
    return [...this.#accounts.values()];
  }

  client(id: string): OAuthClient | undefined {
    return this.#clients.get(id);
  }

  clients(): OAuthClient[] {
    return [...this.#clients.values()];
  }

  save(): unknown {
    return {
      tenants: [...this.#tenants.values()],
      accounts: this.accounts(),
      clients: this.clients(),
    };
  }

  load(state: unknown): void {
    const saved = state as { tenants: Tenant[]; accounts: Account[]; clients: OAuthClient[] };
    this.#tenants.clear();
    this.#accounts.clear();
    this.#byEmail.clear();
    this.#clients.clear();
    for (const tenant of saved.tenants) this.addTenant(tenant);
    for (const account of saved.accounts) this.addAccount(account);
    for (const client of saved.clients) this.putClient(client);
  }
}
