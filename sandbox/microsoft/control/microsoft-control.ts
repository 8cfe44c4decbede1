import type { z } from 'zod';
import { consentWithoutBrowser } from '../../core/oauth/consent-without-browser.ts';
import type { Send } from '../../core/send.ts';
import type { Account, OAuthClient } from '../directory.ts';
import type { MicrosoftSettings, microsoftSettingsSchema } from '../settings.ts';
import type { MessageInput } from './message-input.ts';

export interface MessageIds {
  /** The id that survives moves. */
  readonly id: string;
  readonly changingId: string;
}

export interface ListedFolder {
  readonly id: string;
  readonly name: string;
  readonly parent: string | null;
  readonly wellKnown: string | null;
  readonly hidden: boolean;
  readonly search: boolean;
  readonly total: number;
  readonly unread: number;
}

export interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly expires_in: number;
  readonly scope: string;
}

/** One mailbox, edited as its owner would. Folders are named by id, well-known name or path. */
export interface MailboxControl {
  folders(): Promise<ListedFolder[]>;
  createFolder(folder: {
    name: string;
    parent?: string;
    hidden?: boolean;
    search?: boolean;
  }): Promise<{ id: string }>;
  deleteFolder(folder: string): Promise<void>;
  /** Ids of a folder, oldest first. */
  messages(folder: string): Promise<(MessageIds & { receivedAt: string })[]>;
  add(folder: string, messages: MessageInput[]): Promise<MessageIds[]>;
  /** Many messages at once, spread evenly over the window (by default the last year). */
  generate(request: {
    folder: string;
    count: number;
    from?: string;
    to?: string;
    seed?: number;
  }): Promise<{ count: number }>;
  edit(message: string, change: MessageInput): Promise<MessageIds>;
  move(message: string, folder: string): Promise<MessageIds>;
  /** To Deleted Items; for good when it lies there already or `permanent` is set. */
  delete(message: string, options?: { permanent?: boolean }): Promise<void>;
  killDeltaTokens(folder?: string): Promise<void>;
}

/** The Microsoft half of the control interface. */
export class MicrosoftControl {
  readonly #url: string;
  readonly #send: Send;

  constructor(url: string, send: Send) {
    this.#url = url;
    this.#send = send;
  }

  async accounts(): Promise<Account[]> {
    return (await this.#send<{ accounts: Account[] }>('GET', '/accounts')).accounts;
  }

  settings(): Promise<MicrosoftSettings> {
    return this.#send('GET', '/settings');
  }

  changeSettings(
    part: Partial<z.input<typeof microsoftSettingsSchema>>,
  ): Promise<MicrosoftSettings> {
    return this.#send('PATCH', '/settings', part);
  }

  putClient(client: Partial<OAuthClient> & { id: string }): Promise<OAuthClient> {
    return this.#send('PUT', '/clients', client);
  }

  /** Presses Accept (or Cancel) on the consent page; gives the address the browser would be sent to. */
  consent(
    authorizationUrl: string | URL,
    choice: { account: string; scopes?: readonly string[]; decision?: 'accept' | 'cancel' },
  ): Promise<URL> {
    return consentWithoutBrowser(this.#url, authorizationUrl, choice, (scope) =>
      scope.replace('https://graph.microsoft.com/', ''),
    );
  }

  /** Tokens without a consent, for tests that are not about it. */
  issueTokens(request: {
    user: string;
    scopes: readonly string[];
    clientId?: string;
  }): Promise<TokenAnswer> {
    return this.#send('POST', '/tokens/issue', request);
  }

  revokeGrants(
    user: string,
    options: { code?: number; accessTokens?: boolean } = {},
  ): Promise<{ grants: number }> {
    return this.#send('POST', '/grants/revoke', { user, ...options });
  }

  /** Of one account, or of all. */
  expireAccessTokens(user?: string): Promise<{ tokens: number }> {
    return this.#send('POST', '/tokens/expire', user === undefined ? {} : { user });
  }

  /** Takes scopes back, all when none are named. */
  withdrawScopes(user: string, scopes?: readonly string[]): Promise<void> {
    return this.#send('POST', '/scopes/withdraw', { user, scopes: scopes ?? null });
  }

  mailbox(user: string): MailboxControl {
    const base = `/mailboxes/${encodeURIComponent(user)}`;
    const send: Send = (method, path, body) => this.#send(method, base + path, body);
    const message = (id: string): string => `/messages/${encodeURIComponent(id)}`;
    return {
      folders: async () => (await send<{ folders: ListedFolder[] }>('GET', '/folders')).folders,
      createFolder: (folder) => send('POST', '/folders', folder),
      deleteFolder: (folder) => send('POST', `/folders/${encodeURIComponent(folder)}/delete`, {}),
      messages: async (folder) =>
        (
          await send<{ messages: (MessageIds & { receivedAt: string })[] }>(
            'GET',
            `/messages?folder=${encodeURIComponent(folder)}`,
          )
        ).messages,
      add: async (folder, messages) =>
        (await send<{ messages: MessageIds[] }>('POST', '/messages', { folder, messages }))
          .messages,
      generate: (request) => send('POST', '/generate', request),
      edit: (id, change) => send('PATCH', message(id), change),
      move: (id, folder) => send('POST', `${message(id)}/move`, { folder }),
      delete: (id, options = {}) => send('POST', `${message(id)}/delete`, options),
      killDeltaTokens: async (folder) =>
        void (await send('POST', '/delta-tokens/kill', folder === undefined ? {} : { folder })),
    };
  }
}
