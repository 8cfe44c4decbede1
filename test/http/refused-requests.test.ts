import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, openApi, tokenOf } from './support/api.ts';

/** What a client may send by mistake or on purpose; every refusal is quick, coded and tells the cure. */
describe('a GraphQL request of the wrong form', () => {
  let api: Api;
  let authorization: string;
  beforeAll(async () => {
    api = await openApi();
    authorization = `Bearer ${await tokenOf(api.tenants.acme.members.ana)}`;
    await api.graphql(api.tenants.acme.members.ana, '{ viewer { unreadNotifications } }');
  });
  afterAll(() => api.close());

  const json = { 'content-type': 'application/json' };
  const guard = { 'x-graphql-yoga-csrf': '1' };
  const query = encodeURIComponent('{ viewer { unreadNotifications } }');

  async function send(init: RequestInit, path = '/graphql') {
    const startedAt = performance.now();
    const response = await api.fetch(path, {
      ...init,
      headers: { authorization, ...(init.headers as Record<string, string>) },
    });
    const text = await response.text();
    return { status: response.status, text, milliseconds: performance.now() - startedAt };
  }

  const refusals: [string, RequestInit, string, number, string, RegExp][] = [
    [
      'G1 an empty body',
      { method: 'POST', headers: json, body: '' },
      '',
      400,
      'BAD_REQUEST',
      /"query" string/,
    ],
    [
      'G2 no JSON',
      { method: 'POST', headers: json, body: '{nope' },
      '',
      400,
      'BAD_REQUEST',
      /not valid JSON/,
    ],
    [
      'G3 JSON that is no object',
      { method: 'POST', headers: json, body: '7' },
      '',
      400,
      'BAD_REQUEST',
      /JSON object/,
    ],
    [
      'G4 an empty array',
      { method: 'POST', headers: json, body: '[]' },
      '',
      400,
      'BAD_REQUEST',
      /Batching is off/,
    ],
    [
      'G5 a batch',
      {
        method: 'POST',
        headers: json,
        body: JSON.stringify(Array(11).fill({ query: '{ __typename }' })),
      },
      '',
      400,
      'BAD_REQUEST',
      /Batching is off/,
    ],
    [
      'G7 an empty document',
      { method: 'POST', headers: json, body: '{"query":""}' },
      '',
      400,
      'BAD_REQUEST',
      /"query" string/,
    ],
    [
      'variables that are a list',
      { method: 'POST', headers: json, body: '{"query":"{ __typename }","variables":[1]}' },
      '',
      400,
      'BAD_REQUEST',
      /"variables" must be an object/,
    ],
    [
      'G8 an unknown operation name',
      {
        method: 'POST',
        headers: json,
        body: '{"query":"query A { __typename }","operationName":"B"}',
      },
      '',
      400,
      'BAD_REQUEST',
      /operationName/,
    ],
    [
      'G10 JSON as text',
      {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: '{"query":"{ __typename }"}',
      },
      '',
      415,
      'BAD_REQUEST',
      /application\/json/,
    ],
    [
      'G11 a form post without the guard',
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `query=${query}`,
      },
      '',
      403,
      'FORBIDDEN',
      /x-graphql-yoga-csrf/,
    ],
    [
      'G12 a multipart post without the guard',
      {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
        body: '--x--',
      },
      '',
      403,
      'FORBIDDEN',
      /x-graphql-yoga-csrf/,
    ],
    [
      'G12 a multipart post with it',
      {
        method: 'POST',
        headers: { ...guard, 'content-type': 'multipart/form-data; boundary=x' },
        body: '--x--',
      },
      '',
      415,
      'BAD_REQUEST',
      /upload/,
    ],
    [
      'G13 a GET query without the guard',
      { method: 'GET' },
      `?query=${query}`,
      403,
      'FORBIDDEN',
      /x-graphql-yoga-csrf/,
    ],
    [
      'a GET with broken variables',
      { method: 'GET', headers: guard },
      `?query=${query}&variables={`,
      400,
      'BAD_REQUEST',
      /not valid JSON/,
    ],
    [
      'G14 a mutation by GET',
      { method: 'GET', headers: guard },
      `?query=${encodeURIComponent('mutation { markNotificationsRead { count } }')}`,
      405,
      'BAD_REQUEST',
      /POST only/,
    ],
    [
      'another method',
      { method: 'PUT', headers: json, body: '{}' },
      '',
      405,
      'BAD_REQUEST',
      /PUT is not possible/,
    ],
    [
      'G16 a body of 300 kB',
      {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ query: '{ __typename }', variables: { a: 'x'.repeat(300_000) } }),
      },
      '',
      413,
      'BAD_REQUEST',
      /262144 bytes/,
    ],
  ];

  it.each(refusals)('%s', async (_, init, path, status, code, text) => {
    const answer = await send(init, `/graphql${path}`);
    expect(answer.status).toBe(status);
    const [error] = JSON.parse(answer.text).errors;
    expect(error).toMatchObject({
      message: expect.stringMatching(text),
      extensions: { code, requestId: expect.any(String) },
    });
    expect(Object.keys(error.extensions)).not.toContain('originalError');
    expect(answer.text).not.toContain('nope');
    expect(answer.milliseconds).toBeLessThan(2_000);
  });

  it('is accepted once the form is right', async () => {
    for (const [init, path] of [
      [
        { method: 'POST', headers: json, body: '{"query":"{ viewer { unreadNotifications } }"}' },
        '',
      ],
      [
        {
          method: 'POST',
          headers: { ...guard, 'content-type': 'application/x-www-form-urlencoded' },
          body: `query=${query}`,
        },
        '',
      ],
      [{ method: 'GET', headers: guard }, `?query=${query}`],
      [
        {
          method: 'POST',
          headers: { ...json, origin: 'https://elsewhere.test' },
          body: '{"query":"{ viewer { unreadNotifications } }"}',
        },
        '',
      ],
    ] as const) {
      const { status, text } = await send(init, `/graphql${path}`);
      expect([status, JSON.parse(text)]).toEqual([
        200,
        { data: { viewer: { unreadNotifications: 0 } } },
      ]);
    }
  });

  it('G16 stops reading a body that grows over the limit without saying its length', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(65_536));
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (sent > 320) controller.close();
        else controller.enqueue(chunk);
        sent += 1;
      },
    });
    const init = { method: 'POST', headers: json, body, duplex: 'half' } as RequestInit;
    const outcome = await send(init).then(
      ({ status }) => status,
      () => 'cut off',
    );
    expect([413, 'cut off']).toContain(outcome);
  });

  it('G17 refuses headers over 16 KB', async () => {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(api.port, '127.0.0.1', () => {
        socket.write(`GET /health HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(20_000)}\r\n\r\n`);
      });
      socket.once('data', (data) => resolve(data.toString().split('\r\n')[0] ?? ''));
      socket.once('error', () => resolve('cut off'));
    });
    expect(answer).toBe('HTTP/1.1 431 Request Header Fields Too Large');
  });

  it('gives origins their cross-origin headers only when they are allowed', async () => {
    const open = await api.fetch('/graphql', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.test' },
    });
    expect(open.headers.get('access-control-allow-origin')).toBeNull();
  });
});
