import type { z } from 'zod';
import { consentWithoutBrowser } from '../../core/oauth/consent-without-browser.ts';
import type { Send } from '../../core/send.ts';
import type { Account, OAuthClient } from '../directory.ts';
import type { UserLabel } from '../mailbox/labels.ts';
import { canonicalScope } from '../oauth/scopes.ts';
import type { Push, Subscription } from '../pubsub/pub-sub.ts';
import type { Watch } from '../pubsub/watches.ts';
import type { GoogleSettings, googleSettingsSchema } from '../settings.ts';
import type { MessageInput } from './message-input.ts';

export interface MessageIds {
  readonly id: string;
  readonly threadId: string;
}

export interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly expires_in: number;
  readonly scope: string;
}

export interface ListedMessage extends MessageIds {
  readonly labels: readonly string[];
  readonly receivedAt: string;
}

/** One mailbox, edited as its owner would. Labels are given by id or name. */
export interface MailboxControl {
  labels(): Promise<UserLabel[]>;
  createLabel(name: string): Promise<UserLabel>;
  renameLabel(label: string, name: string): Promise<void>;
  deleteLabel(label: string): Promise<void>;
  /** Newest first, by a search of Gmail's; all without one. */
  messages(q?: string): Promise<ListedMessage[]>;
  deliver(messages: MessageInput[]): Promise<MessageIds[]>;
  /** Many messages at once, spread evenly over the window (by default the last year). */
  generate(request: {
    count: number;
    label?: string | null;
    from?: string;
    to?: string;
    seed?: number;
    history?: boolean;
  }): Promise<{ count: number }>;
  relabel(message: string, change: { add?: string[]; remove?: string[] }): Promise<void>;
  markRead(message: string): Promise<void>;
  trash(message: string): Promise<void>;
  untrash(message: string): Promise<void>;
  /** For good. */
  delete(message: string): Promise<void>;
  /** Makes every history cursor given out so far too old. */
  killHistory(): Promise<{ historyId: string }>;
}

/** The Google half of the control interface. */
export class GoogleControl {
  readonly #url: string;
  readonly #send: Send;

  constructor(url: string, send: Send) {
    this.#url = url;
    this.#send = send;
  }

  async accounts(): Promise<Account[]> {
    return (await this.#send<{ accounts: Account[] }>('GET', '/accounts')).accounts;
  }

  settings(): Promise<GoogleSettings> {
    return this.#send('GET', '/settings');
  }

  changeSettings(part: Partial<z.input<typeof googleSettingsSchema>>): Promise<GoogleSettings> {
    return this.#send('PATCH', '/settings', part);
  }

  /** Quota units a user spent in the running minute. */
  async quotaSpent(user: string, clientId?: string): Promise<number> {
    const query = clientId === undefined ? '' : `?clientId=${encodeURIComponent(clientId)}`;
    const path = `/quota/${encodeURIComponent(user)}${query}`;
    return (await this.#send<{ spent: number }>('GET', path)).spent;
  }

  putClient(client: Partial<OAuthClient> & { id: string }): Promise<OAuthClient> {
    return this.#send('PUT', '/clients', client);
  }

  /** Presses Continue (or Cancel) on the consent page; gives the address the browser would be sent to. */
  consent(
    authorizationUrl: string | URL,
    choice: { account: string; scopes?: readonly string[]; decision?: 'accept' | 'cancel' },
  ): Promise<URL> {
    return consentWithoutBrowser(this.#url, authorizationUrl, choice, canonicalScope);
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
    options: { clientId?: string; reason?: 'revoked' | 'rapt' } = {},
  ): Promise<{ refreshTokens: number }> {
    return this.#send('POST', '/grants/revoke', { user, ...options });
  }

  /** Of one account, or of all. */
  expireAccessTokens(user?: string): Promise<{ tokens: number }> {
    return this.#send('POST', '/tokens/expire', user === undefined ? {} : { user });
  }

  withdrawScopes(user: string, scopes: readonly string[]): Promise<void> {
    return this.#send('POST', '/scopes/withdraw', { user, scopes });
  }

  readonly pubSub = {
    subscribe: (
      subscription: Pick<Subscription, 'name' | 'topic' | 'endpoint'> & Partial<Subscription>,
    ): Promise<Subscription> => this.#send('PUT', '/pubsub/subscriptions', subscription),
    unsubscribe: (name: string): Promise<{ removed: number }> =>
      this.#send('POST', '/pubsub/subscriptions/delete', { name }),
    watches: async (): Promise<Watch[]> =>
      (await this.#send<{ watches: Watch[] }>('GET', '/pubsub/watches')).watches,
    pushes: async (): Promise<Push[]> =>
      (await this.#send<{ pushes: Push[] }>('GET', '/pubsub/pushes')).pushes,
    /** Sends what waits, or one push again. */
    release: (
      options: { order?: 'published' | 'reversed'; messageId?: string } = {},
    ): Promise<{ sent: number }> => this.#send('POST', '/pubsub/pushes/release', options),
  };

  mailbox(user: string): MailboxControl {
    const base = `/mailboxes/${encodeURIComponent(user)}`;
    const send: Send = (method, path, body) => this.#send(method, base + path, body);
    const label = (name: string): string => `/labels/${encodeURIComponent(name)}`;
    return {
      labels: async () => (await send<{ labels: UserLabel[] }>('GET', '/labels')).labels,
      createLabel: (name) => send('POST', '/labels', { name }),
      renameLabel: (old, name) => send('PATCH', label(old), { name }),
      deleteLabel: (name) => send('POST', `${label(name)}/delete`, {}),
      messages: async (q) => {
        const query = q === undefined ? '' : `?q=${encodeURIComponent(q)}`;
        return (await send<{ messages: ListedMessage[] }>('GET', `/messages${query}`)).messages;
      },
      deliver: async (messages) =>
        (await send<{ messages: MessageIds[] }>('POST', '/messages', { messages })).messages,
      generate: (request) => send('POST', '/generate', request),
      relabel: (id, change) => send('POST', `/messages/${id}/labels`, change),
      markRead: (id) => send('POST', `/messages/${id}/labels`, { remove: ['UNREAD'] }),
      trash: (id) => send('POST', `/messages/${id}/trash`, {}),
      untrash: (id) => send('POST', `/messages/${id}/untrash`, {}),
      delete: (id) => send('POST', `/messages/${id}/delete`, {}),
      killHistory: () => send('POST', '/history/kill', {}),
    };
  }
}
