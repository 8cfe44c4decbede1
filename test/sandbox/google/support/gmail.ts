import type { SeedInput } from '../../../../sandbox/seed/seed.ts';
import type { Sandbox } from '../../../../sandbox/server.ts';

export const readonly = 'https://www.googleapis.com/auth/gmail.readonly';
export const scopes = ['openid', 'email', 'profile', readonly];
export const user = 'ana@acme.test';

export interface Listed {
  readonly id: string;
  readonly threadId: string;
}

export interface ListPage {
  readonly messages?: readonly Listed[];
  readonly nextPageToken?: string;
  readonly resultSizeEstimate: number;
}

export interface Part {
  readonly partId: string;
  readonly mimeType: string;
  readonly filename: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: { readonly size: number; readonly data?: string; readonly attachmentId?: string };
  readonly parts?: readonly Part[];
}

export interface Message extends Listed {
  readonly labelIds?: readonly string[];
  readonly snippet: string;
  readonly historyId: string;
  readonly internalDate: string;
  readonly sizeEstimate: number;
  readonly payload?: Part;
  readonly raw?: string;
}

export interface GoogleFailure {
  readonly error: {
    readonly code: number;
    readonly message: string;
    readonly status: string;
    readonly errors: readonly Record<string, string>[];
  };
}

/** Plain requests to the sandbox's Gmail with a fresh token of one member. */
export async function gmailOf(
  sandbox: Sandbox,
  options: { readonly scopes?: readonly string[]; readonly clientId?: string } = {},
) {
  const tokens = await sandbox.control.google.issueTokens({ user, scopes, ...options });
  const authorization = `Bearer ${tokens.access_token}`;
  const send = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${sandbox.url}/gmail/v1/users/me${path}`, {
      ...init,
      headers: { authorization, ...(init.headers as Record<string, string>) },
    });
  const get = async <T>(path: string): Promise<T> => {
    const answer = await send(path);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} to ${path}: ${text}`);
    return JSON.parse(text) as T;
  };
  return {
    authorization,
    tokens,
    send,
    get,
    async post<T>(path: string, body: unknown): Promise<{ status: number; body: T }> {
      const answer = await send(path, { method: 'POST', body: JSON.stringify(body) });
      const text = await answer.text();
      return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as T };
    },
    async refused(
      path: string,
    ): Promise<{ status: number; body: GoogleFailure; headers: Headers }> {
      const answer = await send(path);
      const body = (await answer.json()) as GoogleFailure;
      return { status: answer.status, body, headers: answer.headers };
    },
    message: (id: string, query = ''): Promise<Message> => get(`/messages/${id}${query}`),
    /** Ids of a list, page after page. */
    async list(query: Record<string, string> = {}): Promise<{ ids: string[]; pages: number }> {
      const ids: string[] = [];
      let token: string | undefined;
      let pages = 0;
      do {
        const parameters = new URLSearchParams({ maxResults: '500', ...query });
        if (token !== undefined) parameters.set('pageToken', token);
        const page = await get<ListPage>(`/messages?${parameters}`);
        ids.push(...(page.messages ?? []).map((message) => message.id));
        token = page.nextPageToken;
        pages += 1;
      } while (token !== undefined);
      return { ids, pages };
    },
  };
}

/** A small world: two accounts with nothing in their mailboxes. */
export const emptySeed: SeedInput = {
  version: 1,
  seed: 7,
  google: {
    clients: [{ id: 'lockstep-sandbox', name: 'Lockstep', secrets: ['lockstep-sandbox-secret'] }],
    accounts: [
      { email: user, name: 'Ana Almeida' },
      { email: 'pia@gmail.test', name: 'Pia Personal', kind: 'personal' },
      { email: 'nora@acme.test', name: 'Nora No Mail', mail: false },
    ],
  },
};
