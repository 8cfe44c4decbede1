import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { emptySeed, graphOf, type Item, immutable, type Page } from './support/graph.ts';

const total = 20_000;
const user = 'ana@acme.test';

describe('paging over 20,000 messages', () => {
  let sandbox: Sandbox;
  let graph: Awaited<ReturnType<typeof graphOf>>;
  let everything: Item[];

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
    const mailbox = sandbox.control.microsoft.mailbox(user);
    await mailbox.generate({
      folder: 'inbox',
      count: total - 3,
      from: '2026-01-01T00:00:00Z',
      to: '2026-01-20T00:00:00Z',
    });
    const sameSecond = '2026-01-10T00:00:00Z';
    await mailbox.add('inbox', [
      { receivedAt: sameSecond },
      { receivedAt: sameSecond },
      { receivedAt: sameSecond },
    ]);
    graph = await graphOf(sandbox, user);
    everything = (
      await graph.all(
        '/me/mailFolders/inbox/messages?$top=1000&$select=receivedDateTime,isRead',
        immutable,
      )
    ).items;
  });
  afterAll(() => sandbox.close());

  function distinct(items: readonly Item[]): number {
    return new Set(items.map((item) => item.id)).size;
  }

  it('gives every message once, newest first', () => {
    expect(everything).toHaveLength(total);
    expect(distinct(everything)).toBe(total);
    const dates = everything.map((item) => item.receivedDateTime);
    expect(dates).toEqual(dates.toSorted().toReversed());
  });

  it.each([37, 100, 250, 999, 1000])('gives the same with pages of %i', async (size) => {
    const { items, pages } = await graph.all(
      `/me/mailFolders/inbox/messages?$top=${size}&$select=id`,
      immutable,
    );
    expect(items.map((item) => item.id)).toEqual(everything.map((item) => item.id));
    expect(pages).toBe(Math.ceil(total / size));
  });

  it('gives the same with opaque links, and under a page size of the server', async () => {
    await sandbox.control.microsoft.changeSettings({ listPaging: 'skiptoken', pageSize: 400 });
    const { items, pages } = await graph.all('/me/messages?$top=1000&$select=id', immutable);
    await sandbox.control.microsoft.changeSettings({ listPaging: 'skip', pageSize: null });
    expect(items.map((item) => item.id)).toEqual(everything.map((item) => item.id));
    expect(pages).toBe(total / 400);
  });

  const day = '2026-01-10T00:00:00Z';
  const tests: Record<string, (item: Item) => boolean> = {
    [`receivedDateTime ge ${day}`]: (item) => item.receivedDateTime >= day,
    [`receivedDateTime gt ${day}`]: (item) => item.receivedDateTime > day,
    [`receivedDateTime le ${day}`]: (item) => item.receivedDateTime <= day,
    [`receivedDateTime lt ${day}`]: (item) => item.receivedDateTime < day,
    [`receivedDateTime eq ${day}`]: (item) => item.receivedDateTime === day,
    [`receivedDateTime ne ${day}`]: (item) => item.receivedDateTime !== day,
    'receivedDateTime ge 2026-01-05T06:00:00+01:00 and receivedDateTime lt 2026-01-06T00:00:00Z': (
      item,
    ) =>
      item.receivedDateTime >= '2026-01-05T05:00:00Z' &&
      item.receivedDateTime < '2026-01-06T00:00:00Z',
    'receivedDateTime ge 2026-01-05T00:00:00Z and isRead eq false': (item) =>
      item.receivedDateTime >= '2026-01-05T00:00:00Z' && !item.isRead,
    'receivedDateTime lt 2026-01-02T00:00:00Z or receivedDateTime ge 2026-01-19T00:00:00Z': (
      item,
    ) =>
      item.receivedDateTime < '2026-01-02T00:00:00Z' ||
      item.receivedDateTime >= '2026-01-19T00:00:00Z',
    'not (isRead eq true)': (item) => !item.isRead,
    'receivedDateTime gt 2027-01-01T00:00:00Z': () => false,
  };
  it.each(Object.entries(tests))('filters by %s', async (filter, test) => {
    const expected = everything.filter(test).map((item) => item.id);
    const path = `/me/mailFolders/inbox/messages?$count=true&$top=1000&$select=id&$filter=${encodeURIComponent(filter)}`;
    const { items, last } = await graph.all(path, immutable);
    expect(items.map((item) => item.id)).toEqual(expected);
    expect(last['@odata.count']).toBe(expected.length);
    const count = await graph.send(
      `/me/mailFolders/inbox/messages/$count?$filter=${encodeURIComponent(filter)}`,
    );
    expect(await count.text()).toBe(String(expected.length));
  });

  it('turns the order round, with the filter that it demands', async () => {
    const filter = encodeURIComponent(`receivedDateTime ge ${day}`);
    const { items } = await graph.all(
      `/me/mailFolders/inbox/messages?$top=1000&$select=id&$filter=${filter}&$orderby=receivedDateTime`,
      immutable,
    );
    const expected = everything.filter((item) => item.receivedDateTime >= day).toReversed();
    expect(items.map((item) => item.id)).toEqual(expected.map((item) => item.id));
  });

  it('sorts by other properties too', async () => {
    const page = await graph.get<Page>(
      '/me/mailFolders/inbox/messages?$top=500&$select=subject&$orderby=subject desc',
    );
    const subjects = page.value.map((item) => (item.subject ?? '').toLowerCase());
    expect(subjects).toEqual(subjects.toSorted().toReversed());
  });

  it.each([
    ['$filter=isRead eq false&$orderby=receivedDateTime', 'InefficientFilter'],
    [
      '$filter=isRead eq false and receivedDateTime ge 2026-01-01T00:00:00Z&$orderby=receivedDateTime',
      'InefficientFilter',
    ],
    ['$search="x"&$filter=isRead eq true', 'SearchWithFilter'],
    ['$search="x"&$orderby=subject', 'SearchWithOrderBy'],
    ['$filter=nosuch eq 1', 'RequestBroker--ParseUri'],
    ['$filter=isRead eq', 'RequestBroker--ParseUri'],
    ["$filter=receivedDateTime ge 'yesterday'", 'RequestBroker--ParseUri'],
    ["$filter=contains(body,'x')", 'ErrorInvalidProperty'],
    ['$select=nosuch', 'RequestBroker--ParseUri'],
    ['$top=1001', 'RequestBroker--ParseUri'],
    ['$top=0', 'RequestBroker--ParseUri'],
    ['$top=1&$top=2', 'RequestBroker--ParseUri'],
    ['$wrong=1', 'RequestBroker--ParseUri'],
    ['$expand=extensions', 'RequestBroker--ParseUri'],
  ])('refuses %s', async (query, code) => {
    const { status, body } = await graph.refused(`/me/mailFolders/inbox/messages?${query}`);
    expect({ status, code: body.error.code }).toEqual({ status: 400, code });
  });
});
