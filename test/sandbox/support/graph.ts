import type { SeedInput } from '../../../sandbox/seed/seed.ts';
import type { Sandbox } from '../../../sandbox/server.ts';

export const mailScopes = [
  'openid',
  'profile',
  'email',
  'offline_access',
  'User.Read',
  'Mail.Read',
] as const;
export const immutable = { prefer: 'IdType="ImmutableId"' };

export interface Item {
  readonly id: string;
  readonly receivedDateTime: string;
  readonly isRead: boolean;
  readonly subject: string | null;
  readonly parentFolderId: string;
  readonly '@removed'?: { readonly reason: string };
  readonly [name: string]: unknown;
}

export interface Page {
  readonly value: readonly Item[];
  readonly '@odata.nextLink'?: string;
  readonly '@odata.deltaLink'?: string;
  readonly '@odata.count'?: number;
}

export interface GraphFailure {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly innerError: Record<string, string>;
  };
}

/** Plain requests to the sandbox's Graph with a fresh token of one member. */
export async function graphOf(
  sandbox: Sandbox,
  user: string,
  scopes: readonly string[] = mailScopes,
) {
  const tokens = await sandbox.control.microsoft.issueTokens({ user, scopes });
  const authorization = `Bearer ${tokens.access_token}`;
  const send = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(addressOf(sandbox, path), {
      ...init,
      headers: { authorization, ...(init.headers as Record<string, string>) },
    });
  return {
    authorization,
    send,
    async get<T>(path: string, headers: Record<string, string> = {}): Promise<T> {
      const answer = await send(path, { headers });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${answer.status} to ${path}: ${text}`);
      return JSON.parse(text) as T;
    },
    async refused(
      path: string,
      headers: Record<string, string> = {},
    ): Promise<{ status: number; body: GraphFailure; headers: Headers }> {
      const answer = await send(path, { headers });
      return {
        status: answer.status,
        body: (await answer.json()) as GraphFailure,
        headers: answer.headers,
      };
    },
    /** Follows nextLinks to the end; gives all items and the last page. */
    async all(
      path: string,
      headers: Record<string, string> = {},
    ): Promise<{ items: Item[]; last: Page; pages: number }> {
      const items: Item[] = [];
      let next: string | undefined = path;
      let last: Page = { value: [] };
      let pages = 0;
      while (next !== undefined) {
        last = await this.get<Page>(next, headers);
        pages += 1;
        items.push(...last.value);
        next = last['@odata.nextLink'];
      }
      return { items, last, pages };
    },
  };
}

/** Absolute links carry the real host; a client maps it. */
export function addressOf(sandbox: Sandbox, path: string): string {
  if (path.startsWith('https://graph.microsoft.com/'))
    return path.replace('https://graph.microsoft.com', sandbox.url);
  return `${sandbox.url}/v1.0${path}`;
}

export function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

/** A small world: one account with nothing in the mailbox. */
export const emptySeed: SeedInput = {
  version: 1,
  seed: 7,
  microsoft: {
    tenants: [{ domain: 'acme.test', name: 'Acme' }],
    clients: [{ id: 'lockstep-sandbox', name: 'Lockstep', secrets: ['lockstep-sandbox-secret'] }],
    accounts: [
      { email: 'ana@acme.test', name: 'Ana Almeida' },
      { email: 'pia@outlook.test', name: 'Pia Personal', kind: 'personal' },
    ],
  },
};
