import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/http/limits.ts';
import { type Api, openApi } from './support/api.ts';

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

/** Relations that lead in a circle, as deep as asked. */
const deep = (levels: number) =>
  `{ syncRuns { edges { node { connection { ${'member { email } '.repeat(1)} } ${times(levels, () => '... on SyncRun {')} id ${'}'.repeat(levels)} } } } }`;

describe('the limits of an operation', () => {
  let api: Api;
  beforeAll(async () => {
    api = await openApi();
    await api.graphql(api.tenants.acme.members.ana, '{ __typename }');
  });
  afterAll(() => api.close());

  async function ask(query: string, variables = {}) {
    const startedAt = performance.now();
    const answer = await api.graphql(api.tenants.acme.members.ana, query, variables);
    return { ...answer, milliseconds: performance.now() - startedAt };
  }

  const spread = (fields: string) => `{ ...A } fragment A on Query { ${fields} }`;
  const refused: [string, string, RegExp, number][] = [
    [
      'G19 101 aliases of __typename',
      `{ ${times(101, (i) => `a${i}: __typename`)} }`,
      /aliases/,
      limits.aliases,
    ],
    [
      'G20 16 aliases of one mutation',
      `mutation { ${times(16, (i) => `a${i}: markNotificationsRead { count }`)} }`,
      /aliases/,
      limits.aliases,
    ],
    [
      'G22 10 unknown directives',
      `{ __typename ${times(10, (i) => `@a${i}`)} }`,
      /directives/,
      limits.directives,
    ],
    [
      'G23 60 times @skip',
      `{ __typename ${times(60, () => '@skip(if: false)')} }`,
      /directives/,
      limits.directives,
    ],
    [
      'G25 aliases in a fragment',
      spread(times(16, (i) => `a${i}: __typename`)),
      /aliases/,
      limits.aliases,
    ],
    [
      'G25 directives in a fragment',
      spread(`__typename ${times(6, () => '@skip(if: false)')}`),
      /directives/,
      limits.directives,
    ],
    [
      'G26 a deep fragment named __schema',
      `{ syncRuns { edges { node { ...__schema } } } } fragment __schema on SyncRun { connection { member { ${'x { '.repeat(12)} id ${'} '.repeat(12)} } } }`,
      /depth/,
      limits.depth,
    ],
    ['depth', `{ ${'a { '.repeat(14)} b ${'} '.repeat(14)} }`, /depth/, limits.depth],
    [
      'G28 overlapping fragments',
      `{ ${times(200, () => `... { ${times(5, () => '__typename')} }`)} }`,
      /tokens/,
      limits.tokens,
    ],
    ['G29 20,000 brackets', `{ a(b: ${'['.repeat(20_000)}) }`, /tokens/, limits.tokens],
    [
      'G31 cost by nested lists',
      '{ syncRuns(first: 100) { edges { node { activity { id action message createdAt } } } } }',
      /cost/,
      limits.cost,
    ],
  ];

  it.each(refused)('refuse %s', async (_, query, what, limit) => {
    const { status, errors, milliseconds, data } = await ask(query);
    expect(errors).toMatchObject([
      { message: expect.stringMatching(what), extensions: { code: 'QUERY_TOO_COMPLEX', limit } },
    ]);
    expect(status).toBe(400);
    expect(data).toBeUndefined();
    // A refusal executes nothing: what it stops would take minutes, noise of the machine does not.
    expect(milliseconds).toBeLessThan(2_000);
  });

  const accepted: [string, string][] = [
    ['15 aliases', `{ ${times(15, (i) => `a${i}: __typename`)} }`],
    [
      '5 directives',
      `{ __typename ${times(5, () => '@skip(if: false)')
        .replaceAll(
          '@skip(if: false) @skip',
          '@skip(if: false) @include(if: true) ... on Query @skip',
        )
        .slice(0, 16)} }`,
    ],
    [
      'a page of 100',
      '{ messages(first: 100) { edges { node { id subject from { address } receivedAt } } } }',
    ],
    [
      'runs with their activity',
      '{ syncRuns(first: 20) { edges { node { id progress { percent } activity { message } } } } }',
    ],
  ];
  it.each(accepted)('accept %s', async (_, query) => {
    expect((await ask(query)).errors).toEqual([]);
  });

  it('tell nothing about names that do not exist (G41, G46)', async () => {
    const answers = await Promise.all([
      ask('{ viewr { member { id } } }'),
      ask('{ viewer { membr { id } } }'),
      ask('mutation { startInitialSync(input: { provider: OUTLOK }) { __typename } }'),
      ask(
        'mutation A($input: StartInitialSyncInput!) { startInitialSync(input: $input) { __typename } }',
        { input: { providr: 'GMAIL', provider: 'YAHOO' } },
      ),
      ask('query A($a: StartInitialSyncInpu) { __typename }'),
    ]);
    for (const { errors, text } of answers) {
      expect(errors.length).toBeGreaterThan(0);
      for (const { extensions } of errors)
        expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
      expect(text).not.toMatch(/did you mean/i);
    }
  });

  it.each<[string, string, Record<string, unknown>, RegExp]>([
    [
      'G32 a huge page',
      '{ messages(first: 99999999) { edges { cursor } } }',
      {},
      /first: expected 1 to 100, found 99999999/,
    ],
    [
      'G34 a negative page',
      '{ messages(first: -1) { edges { cursor } } }',
      {},
      /first: expected 1 to 100, found -1/,
    ],
    [
      'an empty page',
      '{ messages(first: 0) { edges { cursor } } }',
      {},
      /expected 1 to 100, found 0/,
    ],
    [
      'G35 last',
      '{ messages(first: 1, last: 1) { edges { cursor } } }',
      {},
      /Unknown argument "last"/,
    ],
    [
      'G37 a cursor that is none',
      '{ messages(after: "AAAA") { edges { cursor } } }',
      {},
      /not valid here/,
    ],
    [
      'G43 a text for a number',
      '{ messages(first: "1") { edges { cursor } } }',
      {},
      /Int cannot represent/,
    ],
    [
      'G44 a number over 32 bits',
      'query A($n: Int) { messages(first: $n) { edges { cursor } } }',
      { n: 2147483648 },
      /32-bit/,
    ],
    [
      'G47 a missing variable',
      'query A($id: ID!) { syncRun(id: $id) { id } }',
      {},
      /required type/,
    ],
    [
      'G52 1,001 ids',
      'mutation A($ids: [ID!]) { markNotificationsRead(input: { ids: $ids }) { count } }',
      { ids: Array(1_001).fill('x') },
      /at most 1000 ids/,
    ],
    [
      'G61 a day that does not exist',
      '{ messages(filter: { from: "2026-02-30T00:00:00Z" }) { edges { cursor } } }',
      {},
      /existing moment/,
    ],
    [
      'G62 the year 0000',
      '{ messages(filter: { from: "0000-01-01T00:00:00Z" }) { edges { cursor } } }',
      {},
      /existing moment/,
    ],
    [
      'a moment without an offset',
      '{ messages(filter: { from: "2026-02-03T00:00:00" }) { edges { cursor } } }',
      {},
      /existing moment/,
    ],
    [
      'G70 a key of 256 characters',
      'mutation A($k: String) { startInitialSync(input: { provider: GMAIL, idempotencyKey: $k }) { __typename } }',
      { k: 'k'.repeat(256) },
      /at most 255 characters/,
    ],
    [
      'an empty key',
      'mutation { startInitialSync(input: { provider: GMAIL, idempotencyKey: "" }) { __typename } }',
      {},
      /must not be empty/,
    ],
  ])('refuse %s', async (_, query, variables, text) => {
    const { errors, text: answer } = await ask(query, variables);
    expect(errors[0]).toMatchObject({
      message: expect.stringMatching(text),
      extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) },
    });
    expect(answer).not.toMatch(/select |prisma|node_modules|at Object/i);
  });

  it('leave a text with NUL to a plain refusal (G53)', async () => {
    const { errors } = await ask(
      'query A($f: String) { messages(filter: { folder: $f }) { edges { cursor } } }',
      { f: 'a\0b' },
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
  it('have an example of depth below the limit', async () => {
    expect((await ask(deep(1))).errors).toEqual([]);
  });
});
