import { Client, GraphError, PageIterator } from '@microsoft/microsoft-graph-client';
import type { Message } from '@microsoft/microsoft-graph-types';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { addressOf, emptySeed, immutable, mailScopes } from './support/graph.ts';

const user = 'ana@acme.test';
const origin = 'https://graph.microsoft.com';

describe('with the real Graph client', () => {
  let sandbox: Sandbox;
  let client: Client;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(async () => {
    await sandbox.control.reset();
    await sandbox.control.microsoft.mailbox(user).generate({ folder: 'inbox', count: 255 });
    const { access_token } = await sandbox.control.microsoft.issueTokens({
      user,
      scopes: mailScopes,
    });
    client = clientOf(access_token);
  });
  afterAll(() => sandbox.close());

  /** The client as it is, but for a transport that reaches the sandbox. */
  function clientOf(token: string): Client {
    const real = Client.init({ authProvider: (done) => done(null, token) });
    const transport = Client.initWithMiddleware({
      middleware: {
        execute: async (context) => {
          const url = String(context.request);
          expect(url.startsWith(`${origin}/`)).toBe(true);
          const headers = new Headers(context.options?.headers as Record<string, string>);
          headers.set('authorization', `Bearer ${token}`);
          context.response = await fetch(addressOf(sandbox, url), {
            ...(context.options as RequestInit),
            headers,
          });
        },
      },
    });
    expect(real).toBeInstanceOf(Client);
    return transport;
  }

  it('reads the member and pages by its iterator', async () => {
    expect(await client.api('/me').select('mail,displayName').get()).toMatchObject({
      mail: user,
      displayName: 'Ana Almeida',
    });
    const first = await client
      .api('/me/mailFolders/inbox/messages')
      .headers(immutable)
      .top(50)
      .select('id,subject')
      .get();
    const ids: string[] = [];
    const iterator = new PageIterator(
      client,
      first,
      (message: Message) => ids.push(message.id ?? '') > 0,
      { headers: immutable },
    );
    await iterator.iterate();
    expect(ids).toHaveLength(255);
    expect(new Set(ids).size).toBe(255);
    expect(ids.every((id) => id.startsWith('AAkA'))).toBe(true);
  });

  it('loses the kind of id from page 2 when headers are not passed on', async () => {
    const first = await client
      .api('/me/mailFolders/inbox/messages')
      .headers(immutable)
      .top(200)
      .select('id')
      .get();
    const kinds = new Set<string>();
    await new PageIterator(client, first, (message: Message) => {
      kinds.add((message.id ?? '').slice(0, 4));
      return true;
    }).iterate();
    expect(kinds).toEqual(new Set(['AAkA', 'AAMk']));
  });

  it('reads errors into its own error', async () => {
    const error = await client
      .api('/me/messages/nonsense')
      .get()
      .then(
        () => null,
        (thrown: unknown) => thrown,
      );
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toMatchObject({
      statusCode: 400,
      code: 'ErrorInvalidIdMalformed',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const gone = await client
      .api('/me/mailFolders/inbox/messages/delta')
      .query({ $deltatoken: 'x' })
      .get()
      .then(
        () => null,
        (thrown: unknown) => thrown,
      );
    expect(gone).toMatchObject({ code: 'InvalidDeltaToken' });
  });

  it('posts a batch', async () => {
    const answer = await client
      .api('/$batch')
      .post({ requests: [{ id: '1', method: 'GET', url: '/me' }] });
    expect(answer.responses).toMatchObject([{ id: '1', status: 200, body: { mail: user } }]);
  });

  it('follows a delta', async () => {
    let page = await client
      .api('/me/mailFolders/inbox/messages/delta')
      .headers({ prefer: 'odata.maxpagesize=100' })
      .select('subject')
      .get();
    let count = page.value.length;
    while (page['@odata.nextLink'] !== undefined) {
      page = await client
        .api(page['@odata.nextLink'])
        .headers({ prefer: 'odata.maxpagesize=100' })
        .get();
      count += page.value.length;
    }
    expect(count).toBe(255);
    expect((await client.api(page['@odata.deltaLink']).get()).value).toEqual([]);
  });
});
