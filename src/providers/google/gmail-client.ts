import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/v1.js';
import { ProviderError } from '../errors.ts';
import type { JsonObject } from '../json-object.ts';
import { googleOrigins } from './google-origins.ts';
import { jsonAnswer } from './json-answer.ts';
import type { GmailCall } from './quota.ts';
import type { GoogleTransport } from './transport.ts';

const me = { userId: 'me' } as const;

/** Fields of a listing that are used; the rest stays at Google. */
const listFields = 'messages/id,nextPageToken';

/** Part of the library's own options, which it does not export. */
interface CallOptions {
  readonly retry: false;
  readonly fetchImplementation: typeof fetch;
}

/**
 * Google's client library with our transport as its `fetch`: it writes addresses and parameters. Its
 * retries stay off (they ignore `Retry-After`), and it gets no credentials (it would refresh tokens
 * beside us). Only Gmail's module is loaded, and at the first call: 0.1 s where all of googleapis takes
 * 1.7 s.
 */
export class GmailClient {
  #library: Promise<gmail_v1.Gmail> | null = null;
  readonly #transport: GoogleTransport;
  readonly #origin: string;
  readonly #userInfoOrigin: string;

  /** @param origin called in place of gmail.googleapis.com and www.googleapis.com; null: the real ones */
  constructor(transport: GoogleTransport, origin: string | null) {
    this.#transport = transport;
    this.#origin = origin ?? googleOrigins.api;
    this.#userInfoOrigin = origin ?? googleOrigins.www;
  }

  profile(): Promise<JsonObject> {
    return this.#call('getProfile', ({ users }, options) => users.getProfile(me, options));
  }

  labels(): Promise<JsonObject> {
    return this.#call('labels.list', ({ users }, options) => users.labels.list(me, options));
  }

  listMessages(page: { q: string; maxResults: number; pageToken: string | null }) {
    const params = { ...me, q: page.q, maxResults: page.maxResults, ...token(page.pageToken) };
    return this.#call('messages.list', ({ users }, options) =>
      users.messages.list({ ...params, fields: listFields }, options),
    );
  }

  message(id: string): Promise<JsonObject> {
    return this.#call('messages.get', ({ users }, options) =>
      users.messages.get({ ...me, id, format: 'full' }, options),
    );
  }

  attachment(messageId: string, id: string): Promise<JsonObject> {
    return this.#call('attachments.get', ({ users }, options) =>
      users.messages.attachments.get({ ...me, messageId, id }, options),
    );
  }

  history(page: { startHistoryId: string; maxResults: number; pageToken: string | null }) {
    const { startHistoryId, maxResults, pageToken } = page;
    return this.#call('history.list', ({ users }, options) =>
      users.history.list({ ...me, startHistoryId, maxResults, ...token(pageToken) }, options),
    );
  }

  /** Not Gmail's: the account's own record, whose id the library's module does not read. */
  async userInfo(): Promise<JsonObject> {
    const url = new URL('/oauth2/v2/userinfo', this.#userInfoOrigin);
    return jsonAnswer(await this.#transport.send({ url, method: 'GET', cost: null }));
  }

  async #call(
    call: GmailCall,
    ask: (gmail: gmail_v1.Gmail, options: CallOptions) => Promise<unknown>,
  ): Promise<JsonObject> {
    let body: JsonObject | null = null;
    let failure: unknown = null;
    const fetchImplementation: typeof fetch = async (input) => {
      try {
        const asked = new URL(input instanceof Request ? input.url : input);
        const url = new URL(`${asked.pathname}${asked.search}`, this.#origin);
        const cost = { call, count: 1 };
        body = jsonAnswer(await this.#transport.send({ url, method: 'GET', cost }));
      } catch (error) {
        failure = error;
        throw error;
      }
      // The library need not parse what was parsed.
      return new Response('{}', { headers: { 'content-type': 'application/json' } });
    };
    try {
      await ask(await this.#loaded(), { retry: false, fetchImplementation });
    } catch (error) {
      throw failure ?? error;
    }
    if (body !== null) return body;
    throw new ProviderError('INTERNAL', `The library did not send ${call}.`);
  }

  #loaded(): Promise<gmail_v1.Gmail> {
    this.#library ??= import('googleapis/build/src/apis/gmail/v1.js').then(
      (library) => new library.gmail_v1.Gmail({}),
    );
    return this.#library;
  }
}

function token(pageToken: string | null): { pageToken?: string } {
  return pageToken === null ? {} : { pageToken };
}
