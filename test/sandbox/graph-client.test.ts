import {
  AuthenticationHandler,
  Client,
  type Context,
  GraphError,
  type Middleware,
  PageIterator,
  RedirectHandler,
  ResponseType,
  RetryHandler,
  RetryHandlerOptions,
  TelemetryHandler,
} from '@microsoft/microsoft-graph-client';
import type { Message } from '@microsoft/microsoft-graph-types';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { addressOf, emptySeed, immutable, mailScopes } from './support/graph.ts';

const user = 'ana@acme.test';

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

  /** The client with its own middleware, but for the last link, which reaches the sandbox. */
  function clientOf(token: string): Client {
    const links: Middleware[] = [
      new AuthenticationHandler({ getAccessToken: () => Promise.resolve(token) }),
      new RetryHandler(new RetryHandlerOptions(1, 3)),
      new RedirectHandler(),
      new TelemetryHandler(),
      {
        async execute(context: Context): Promise<void> {
          const url = String(context.request);
          if (!url.startsWith('https://graph.microsoft.com/'))
            throw new Error(`Not an address of Graph: ${url}`);
          context.response = await fetch(addressOf(sandbox, url), context.options as RequestInit);
        },
      },
    ];
    for (const [i, link] of links.entries()) {
      const next = links[i + 1];
      if (next !== undefined) link.setNext?.(next);
    }
    const [middleware] = links;
    if (middleware === undefined) throw new Error('There is no middleware.');
    return Client.initWithMiddleware({ middleware });
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

  it('waits as told and tries again', async () => {
    await sandbox.control.faults.add({
      match: { path: '/me$' },
      times: 1,
      action: { type: 'throttle', seconds: 1 },
    });
    const started = performance.now();
    expect(await client.api('/me').get()).toMatchObject({ mail: user });
    expect(performance.now() - started).toBeGreaterThanOrEqual(950);
    const statuses = (await sandbox.control.requests.read({ path: '/me$' })).map(
      (entry) => entry.status,
    );
    expect(statuses).toEqual([429, 200]);
  });

  it('sends ids that come back', async () => {
    await sandbox.control.faults.add({
      match: { path: '/me$' },
      action: {
        type: 'status',
        status: 500,
        body: { error: { code: 'generalException', message: '' } },
      },
    });
    await expect(
      client.api('/me').header('client-request-id', 'abc-123').get(),
    ).rejects.toMatchObject({ statusCode: 500, code: 'generalException' });
    await sandbox.control.faults.clear();
    const answer = (await client
      .api('/me')
      .header('client-request-id', 'abc-123')
      .responseType(ResponseType.RAW)
      .get()) as Response;
    expect(answer.headers.get('client-request-id')).toBe('abc-123');
  });
});
