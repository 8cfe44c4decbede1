import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, openApi } from './support/api.ts';

const list = `query Mail($first: Int, $after: String, $filter: MessageFilter) {
  messages(first: $first, after: $after, filter: $filter) {
    edges { cursor node { id subject } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

interface Messages {
  edges: { cursor: string; node: { id: string; subject: string } }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
}

describe('a long list', () => {
  let api: Api;
  beforeAll(async () => {
    api = await openApi();
    const { acme, globex } = api.tenants;
    for (const [tenant, person, count] of [
      [acme, acme.members.ana, 45],
      [acme, acme.members.ben, 3],
      [globex, globex.members.gus, 5],
    ] as const) {
      // Several messages in one microsecond: the order must not depend on the time alone.
      await api.rows(
        `with c as (insert into connections (tenant_id, org_id, provider_key) values ($1, $2, 'outlook') returning id)
         insert into messages (org_id, connection_id, user_id, provider_message_id, subject, direction, received_at)
         select $2, c.id, $1, 'm' || n, $3 || ' ' || n, 'inbound', now() - (n / 4) * interval '1 microsecond'
           from c, generate_series(1, $4) n`,
        [person.id, tenant.id, person.email, count],
      );
    }
  });
  afterAll(() => api.close());

  const page = async (user: { id: string }, variables: Record<string, unknown> = {}) => {
    const { data, errors } = await api.graphql(user, list, variables);
    expect(errors).toEqual([]);
    return data?.['messages'] as Messages;
  };
  const refusal = async (user: { id: string }, after: string) =>
    (await api.graphql(user, list, { after })).errors[0];

  it('gives every entry exactly once, page by page', async () => {
    const { ana } = api.tenants.acme.members;
    const seen: string[] = [];
    let after: string | null = null;
    let pages = 0;
    do {
      const { edges, pageInfo } = await page(ana, { first: 7, after });
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      expect(pageInfo.endCursor).toBe(edges.at(-1)?.cursor);
      seen.push(...edges.map(({ node }) => node.id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      pages += 1;
    } while (after);
    expect([pages, seen.length, new Set(seen).size]).toEqual([7, 45, 45]);
  });

  it('has 20 entries unless told, and at most 100', async () => {
    const { ana } = api.tenants.acme.members;
    expect((await page(ana)).edges).toHaveLength(20);
    expect((await page(ana, { first: 100 })).edges).toHaveLength(45);
  });

  it('shows members their own and administrators all of the organisation', async () => {
    const { ben, adam } = api.tenants.acme.members;
    expect((await page(ben)).edges.map(({ node }) => node.subject.split(' ')[0])).toEqual(
      Array(3).fill('ben@acme.test'),
    );
    expect((await page(adam, { first: 100 })).edges).toHaveLength(48);
    expect((await page(adam, { first: 100, filter: { mine: true } })).edges).toEqual([]);
  });

  it('refuses cursors that are broken, foreign, of another list or invented, with one text', async () => {
    const { ana } = api.tenants.acme.members;
    const { gus } = api.tenants.globex.members;
    const own = (await page(ana, { first: 1 })).pageInfo.endCursor ?? '';
    const foreign = (await page(gus, { first: 1 })).pageInfo.endCursor ?? '';
    const [, key, id] = JSON.parse(Buffer.from(own, 'base64url').toString());
    const forge = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const others = await api.graphql(
      api.tenants.acme.members.adam,
      '{ auditLog { edges { cursor } } syncActivity { edges { cursor } } }',
    );
    expect(others.errors).toEqual([]);
    const [binding] = JSON.parse(Buffer.from(own, 'base64url').toString());
    const badKey = await refusal(ana, forge([binding, '2026-99-99', id]));
    expect(badKey?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
    const hostile = [forge(['x', key, id]), forge([1]), forge({}), 'a'.repeat(10_000)];
    const errors = await Promise.all(
      ['AAAA', 'a b', "' or 1=1", foreign, ...hostile].map((after) => refusal(ana, after)),
    );
    for (const error of errors) {
      expect(error).toMatchObject({
        message: errors[0]?.message,
        extensions: { code: 'BAD_USER_INPUT', field: 'after' },
      });
    }
  });

  it('goes on from an entry that has left the filter meanwhile', async () => {
    const { ana } = api.tenants.acme.members;
    const filter = { folder: 'Inbox' };
    await api.rows("update messages set folder = 'Inbox' where user_id = $1", [ana.id]);
    const first = await page(ana, { first: 3, filter });
    await api.rows("update messages set folder = 'Done' where id = $1", [
      Buffer.from(first.edges[2]?.node.id ?? '', 'base64')
        .toString()
        .split(':')[1],
    ]);
    const second = await page(ana, { first: 3, after: first.pageInfo.endCursor, filter });
    const ids = [...first.edges, ...second.edges].map(({ node }) => node.id);
    expect(new Set(ids).size).toBe(6);
    const whole = await page(ana, { first: 6, filter });
    expect(whole.edges.map(({ node }) => node.id)).toEqual(
      ids.filter((id) => id !== first.edges[2]?.node.id).concat(whole.edges.at(-1)?.node.id ?? ''),
    );
  });
});
