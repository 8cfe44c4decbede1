import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openSockets, RawSocket, type SocketFixture } from './websocket-fixture.ts';

let fixture: SocketFixture;
let open: RawSocket[] = [];
beforeAll(async () => {
  fixture = await openSockets();
});
afterEach(() => {
  for (const socket of open) socket.end();
  open = [];
});
afterAll(() => fixture.close());

function socket(protocols?: string[], headers?: Record<string, string>): RawSocket {
  const made = new RawSocket(fixture.url, protocols, headers);
  open.push(made);
  return made;
}

const progress = 'subscription ($id: ID) { syncProgress(syncRunId: $id) { status } }';
const ana = () => fixture.tenants.acme.members.ana;

/** Opens more sockets than one user may have without using up those of the other tests. */
describe('the protocol closes a socket', () => {
  test('W1 without connection_init after three seconds, with 4408', async () => {
    const silentOne = await socket().opened();
    const started = Date.now();
    expect(await silentOne.closed).toMatchObject({ code: 4408 });
    expect(Date.now() - started).toBeLessThan(4_000);
  });

  test.each([
    ['W2 not JSON', 'nonsense', 4400],
    ['W4 unknown type', { type: 'begin' }, 4400],
    ['W5 a payload that is no object', { type: 'connection_init', payload: [] }, 4400],
    [
      'W7 subscribe before the acknowledgement',
      { id: '1', type: 'subscribe', payload: { query: progress } },
      4401,
    ],
    ['no token', { type: 'connection_init' }, 4403],
    ['a bad token', { type: 'connection_init', payload: { authorization: 'Bearer x' } }, 4403],
    ['no bearer', { type: 'connection_init', payload: { authorization: 7 } }, 4403],
    ['a message above 64 KB', 'x'.repeat(70_000), 1009],
  ])('%s', async (_name, message, code) => {
    const one = await socket().opened();
    one.send(message);
    expect(await one.closed).toMatchObject({ code });
  });

  test('W8 two inits, with 4429', async () => {
    const twice = await socket().init(ana());
    twice.send({ type: 'connection_init' });
    expect(await twice.closed).toMatchObject({ code: 4429 });
  });

  test('W10 the legacy sub-protocol, with 4406', async () => {
    expect(await socket(['graphql-ws']).closed).toMatchObject({ code: 4406 });
  });

  test('W16 an id of 10 KB, with 4400', async () => {
    const one = await socket().init(ana());
    one.subscribe('x'.repeat(10_240), progress);
    expect(await one.closed).toMatchObject({ code: 4400 });
  });

  test('an id twice, with 4409', async () => {
    const one = await socket().init(ana());
    one.subscribe('1', progress);
    one.subscribe('1', progress);
    expect(await one.closed).toMatchObject({ code: 4409 });
  });

  test('W25 a flood of pings, with 4429', async () => {
    const one = await socket().init(ana());
    for (let count = 0; count < 400; count++) one.send({ type: 'ping' });
    expect(await one.closed).toMatchObject({ code: 4429 });
  });

  test('a flood of control frames, with 4429', async () => {
    const one = await socket().init(ana());
    // In small groups: the library itself cuts off who sends sixty without reading the answers.
    for (let group = 0; group < 10 && one.webSocket.readyState === one.webSocket.OPEN; group++) {
      for (let count = 0; count < 40; count++) one.webSocket.ping();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect((await one.closed).code).toBe(4429);
  });

  test('W23 the eleventh of a user, with 4429', async () => {
    const { ben } = fixture.tenants.acme.members;
    for (let count = 0; count < 10; count++) await socket().init(ben);
    const eleventh = await socket().opened();
    await expect(eleventh.init(ben)).rejects.toThrow();
    expect(await eleventh.closed).toMatchObject({ code: 4429 });
    open[0]?.end();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await socket().init(ben);
  });
});

describe('the upgrade is refused', () => {
  test('W11 to a page of another origin, with 403', async () => {
    const foreign = socket(undefined, { origin: 'https://evil.test' });
    await expect(foreign.opened()).rejects.toThrow('403');
  });

  test('but not to the own page, nor to this machine by another name', async () => {
    await socket(undefined, { origin: `http://127.0.0.1:${fixture.port}` }).init(ana());
    await socket(undefined, { origin: `http://localhost:${fixture.port}` }).init(ana());
    await socket(undefined, { origin: 'https://app.partner.test' }).init(ana());
  });

  test('elsewhere than at /graphql, with 404', async () => {
    const elsewhere = new RawSocket(fixture.url.replace('/graphql', '/other'));
    await expect(elsewhere.opened()).rejects.toThrow('404');
  });
});

describe('one bad operation is an error frame, and the socket stays', () => {
  const tooDeep = `{ viewer { ${'member { '.repeat(20)}id${' }'.repeat(20)} } }`;
  test.each([
    ['W17 a syntax error', 'subscription {', 'BAD_USER_INPUT'],
    ['an unknown field', 'subscription { syncProgres { status } }', 'BAD_USER_INPUT'],
    [
      'W22 two root fields',
      'subscription { a: syncProgress { status } b: syncProgress { status } }',
      'BAD_USER_INPUT',
    ],
    [
      'too many aliases',
      `subscription { syncProgress { ${Array.from({ length: 20 }, (_, n) => `a${n}: status`).join(' ')} } }`,
      'QUERY_TOO_COMPLEX',
    ],
    ['W19 too deep', tooDeep, 'QUERY_TOO_COMPLEX'],
    [
      'W20 an unknown id',
      `subscription { syncProgress(syncRunId: "${crypto.randomUUID()}") { status } }`,
      'NOT_FOUND',
    ],
    [
      'an id with NUL',
      'subscription { syncProgress(syncRunId: "a\\u0000b") { status } }',
      'NOT_FOUND',
    ],
    ['an unknown run', 'subscription { syncActivity(syncRunId: "none") { message } }', 'NOT_FOUND'],
  ])('%s', async (_name, query, code) => {
    const one = await socket().init(ana());
    one.subscribe('bad', query);
    const frame = await one.message(({ id }) => id === 'bad');
    expect(frame).toMatchObject({ type: 'error', payload: [{ extensions: { code } }] });
    expect(JSON.stringify(frame)).not.toMatch(/select .* from|sync_progress|at .*\.ts/);
    one.send({ type: 'ping' });
    await one.message(({ type }) => type === 'pong');
    one.end();
  });

  test('W29 complete for an unknown id is ignored', async () => {
    const one = await socket().init(ana());
    one.send({ id: 'nobody', type: 'complete' });
    one.send({ type: 'ping' });
    await one.message(({ type }) => type === 'pong');
  });

  test('the hundred-and-first subscription of a socket', async () => {
    const one = await socket().init(ana());
    for (let count = 1; count <= 101; count++) one.subscribe(String(count), progress);
    expect(await one.message(({ type }) => type === 'error')).toMatchObject({
      id: '101',
      payload: [{ extensions: { code: 'RATE_LIMITED', limit: 100 } }],
    });
  });
});
