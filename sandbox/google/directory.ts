import type { RedirectRules } from '../core/oauth/allows-redirect.ts';
import { RequestError } from '../core/request-error.ts';
import type { StatePart } from '../core/state-part.ts';

export interface Account {
  /** The stable key of the person; `sub` of id_tokens. */
  readonly sub: string;
  readonly email: string;
  readonly name: string;
  /** Domain of a Workspace account; null for a personal one. */
  readonly hd: string | null;
  /** Whether Gmail is switched on for the account. */
  readonly mail: boolean;
}

/** A registered application; each is a project of its own. */
export interface OAuthClient extends RedirectRules {
  readonly id: string;
  readonly secrets: readonly string[];
  readonly name: string;
}

/** Accounts and registered applications. */
export class Directory implements StatePart {
  readonly name = 'google.directory';
  #accounts = new Map<string, Account>();
  #byEmail = new Map<string, Account>();
  #clients = new Map<string, OAuthClient>();

  addAccount(account: Account): void {
    this.#accounts.set(account.sub, account);
    this.#byEmail.set(account.email.toLowerCase(), account);
  }

  putClient(client: OAuthClient): void {
    this.#clients.set(client.id, client);
  }

  account(sub: string): Account | undefined {
    return this.#accounts.get(sub);
  }

  accountByEmail(email: string): Account | undefined {
    return this.#byEmail.get(email.toLowerCase());
  }

  /** The account, or an error that names those there are. */
  requireAccount(email: string): Account {
    const account = this.accountByEmail(email);
    if (account !== undefined) return account;
    const known = this.accounts().map((one) => one.email);
    throw new RequestError(
      `There is no Google account ${email}; there are ${known.join(', ')}.`,
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
    return { accounts: this.accounts(), clients: this.clients() };
  }

  load(state: unknown): void {
    const saved = state as { accounts: Account[]; clients: OAuthClient[] };
    this.#accounts.clear();
    this.#byEmail.clear();
    this.#clients.clear();
    for (const account of saved.accounts) this.addAccount(account);
    for (const client of saved.clients) this.putClient(client);
  }
}
