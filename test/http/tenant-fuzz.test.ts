import { env } from 'node:process';
import { type ExecutionResult, OperationTypeNode } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { schema } from '../../src/schema/index.ts';
import { type Api, openApi, tokenOf } from './support/api.ts';
import { type MirroredTenant, mirrorTenants, ownedRows } from './support/mirrored-tenants.ts';
import { type Material, OperationGenerator, seeded } from './support/operation-generator.ts';

const operations = Number(env['FUZZ_OPERATIONS'] ?? 300);
const seed = Number(env['FUZZ_SEED'] ?? 20_260_501);
const random = '99999999-9999-4999-8999-999999999999';
const globalId = (type: string, id: string) => Buffer.from(`${type}:${id}`).toString('base64');

/** A hostile caller's values: own, foreign, random and broken ids, foreign cursors. */
async function materialOf(
  api: Api,
  own: MirroredTenant,
  foreign: MirroredTenant,
): Promise<Material> {
  const forms = (tenant: MirroredTenant) =>
    Object.entries(tenant.ids).flatMap(([type, id]) => [id, globalId(type, id)]);
  const cursorsOf = async (user: { readonly id: string }) => {
    const lists = ['syncRuns', 'messages', 'failedItems', 'notifications', 'syncActivity'];
    const query = `{ ${lists.map((list) => `${list}(first: 2) { edges { cursor } }`).join(' ')} }`;
    const { data } = await api.graphql(user, query);
    return [...JSON.stringify(data).matchAll(/"cursor":"([^"]+)"/g)].map(
      ([, cursor]) => cursor ?? '',
    );
  };
  const broken = [
    '',
    'x',
    "' or 1=1 --",
    '../../etc/passwd',
    globalId('SyncRun', 'x'),
    'a'.repeat(300),
  ];
  const types = [own, foreign].flatMap((tenant) =>
    Object.entries(tenant.ids).flatMap(([type, id]) => [
      [id, type] as const,
      [globalId(type, id), type] as const,
    ]),
  );
  return {
    types: new Map(types),
    ids: [
      ...forms(own),
      ...forms(foreign),
      ...forms(foreign),
      random,
      globalId('Message', random),
      ...broken,
    ],
    cursors: [
      ...(await cursorsOf(api.tenants.globex.members.gus)),
      ...(await cursorsOf(api.tenants.acme.members.ana)),
      ...broken,
    ],
    texts: ['outlook', 'Inbox', ...broken, foreign.organizationId, '/', 'a reason'],
  };
}

/** Answers of a socket; a subscription is left after its first events. */
async function bySocket(client: Client, query: string): Promise<string> {
  return new Promise((resolve) => {
    const results: unknown[] = [];
    const end = () => {
      clearTimeout(timer);
      resolve(JSON.stringify(results));
    };
    const stop = client.subscribe<ExecutionResult>(
      { query },
      {
        next: (result) => void results.push(result),
        error: (error) => {
          results.push(error);
          end();
        },
        complete: end,
      },
    );
    const timer = setTimeout(
      () => {
        stop();
        end();
      },
      query.startsWith('subscription') ? 40 : 3_000,
    );
  });
}

interface Outcome {
  readonly leaks: string[];
  readonly answered: number;
  readonly withData: number;
}

/** Runs generated operations as members of Acme and looks for Globex in whatever comes back. */
async function attack(
  api: Api,
  own: MirroredTenant,
  foreign: MirroredTenant,
  count: number,
): Promise<Outcome> {
  const draw = seeded(seed);
  const material = await materialOf(api, own, foreign);
  const generator = new OperationGenerator(schema, material, draw);
  const { ana, adam } = api.tenants.acme.members;
  const clients = new Map<string, Client>();
  for (const user of [ana, adam]) {
    const connectionParams = { authorization: `Bearer ${await tokenOf(user)}` };
    const url = `${api.url.replace('http', 'ws')}/graphql`;
    clients.set(
      user.id,
      createClient({ url, webSocketImpl: WebSocket, connectionParams, lazy: false }),
    );
  }
  const leaks: string[] = [];
  let withData = 0;
  const kinds = Object.values(OperationTypeNode);
  const fields = kinds.flatMap((kind) =>
    generator.rootFields(kind).map((field) => ({ kind, field })),
  );
  // Every id in every place for one, then as many drawn operations as asked for.
  const queries = fields
    .filter(({ kind }) => kind !== OperationTypeNode.SUBSCRIPTION)
    .flatMap(({ kind, field }) =>
      [...new Set(material.ids)].map((id) => [id, generator.operation(kind, field, id)] as const),
    )
    .filter(([id, query]) => query.includes(JSON.stringify(id)))
    .map(([, query]) => query);
  for (let round = 0; round < count; round += 1) {
    const { kind, field } = fields[round % fields.length] ?? generator.pick(fields);
    queries.push(generator.operation(kind, field));
  }
  for (const query of queries) {
    const isSubscription = query.startsWith('subscription');
    const user = generator.pick([ana, adam]);
    const client = clients.get(user.id);
    // A socket answers about ten messages a second; the rest goes by HTTP.
    const overSocket = client && (isSubscription || draw() < 0.1);
    const text = overSocket ? await bySocket(client, query) : (await api.graphql(user, query)).text;
    if (text.includes('"data":{')) withData += 1;
    if (text.includes(foreign.canary))
      leaks.push(`${user.email}: ${query}\n${text.slice(0, 2_000)}`);
  }
  for (const client of clients.values()) await client.dispose();
  return { leaks, answered: queries.length, withData };
}

describe(`generated operations of a tenant (seed ${seed})`, () => {
  let api: Api;
  let tenants: { acme: MirroredTenant; globex: MirroredTenant };
  beforeAll(async () => {
    api = await openApi();
    tenants = await mirrorTenants(api);
  });
  afterAll(() => api.close());

  it('never show or change a row of another one', { timeout: 600_000 }, async () => {
    const { acme, globex } = tenants;
    const before = await ownedRows(api, globex.organizationId);
    expect(Object.values(before).join('')).toContain(globex.canary);
    const { leaks, withData, answered } = await attack(api, acme, globex, operations);
    expect(leaks).toEqual([]);
    // Enough must get as far as the rows, or this proves nothing.
    expect(withData / answered).toBeGreaterThan(0.25);
    expect(await ownedRows(api, globex.organizationId)).toEqual(before);
    expect(api.lines.filter((line) => line.includes(globex.canary))).toEqual([]);
  });

  it('answer foreign and random ids alike', { timeout: 120_000 }, async () => {
    const { ana } = api.tenants.acme.members;
    const compared: string[] = [];
    for (const kind of [OperationTypeNode.QUERY, OperationTypeNode.MUTATION]) {
      for (const [type, id] of Object.entries(tenants.globex.ids)) {
        const write = (ids: string[]) => {
          const material = { ids, types: new Map(), cursors: ['x'], texts: ['x'] };
          const generator = new OperationGenerator(schema, material, () => 0.3);
          return generator
            .rootFields(kind)
            .filter((field) => generator.operation(kind, field).includes(JSON.stringify(ids[0])))
            .map((field) =>
              generator.operation(kind, field).replace(/, after: "x"|after: "x", /, ''),
            );
        };
        for (const form of [(given: string) => given, (given: string) => globalId(type, given)]) {
          const [foreign, unknown] = [write([form(id)]), write([form(random)])];
          for (const [index, query] of foreign.entries()) {
            const answers = await Promise.all(
              [query, unknown[index] ?? ''].map(async (asked) => {
                const { text } = await api.graphql(ana, asked, {}, { 'x-request-id': 'same' });
                return text.replace(/"locations":\[.*?\],?/g, '');
              }),
            );
            expect([query, answers[0]]).toEqual([query, answers[1]]);
            compared.push(query);
          }
        }
      }
    }
    expect(compared.length).toBeGreaterThan(50);
  });
});

describe('the generator', () => {
  it('finds the leak when row security is switched off on one table', {
    timeout: 120_000,
  }, async () => {
    const api = await openApi();
    const { acme, globex } = await mirrorTenants(api);
    await api.rows('alter table notifications no force row level security');
    await api.rows('alter table notifications disable row level security');
    const { leaks } = await attack(api, acme, globex, 0);
    await api.close();
    expect(leaks.length).toBeGreaterThan(0);
  });
});
