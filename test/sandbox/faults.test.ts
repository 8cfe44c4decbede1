import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { emptySeed, graphOf, type Page } from './support/graph.ts';
import { refresh } from './support/oauth.ts';

const user = 'ana@acme.test';
const list = '/me/mailFolders/inbox/messages';

describe('scripted faults', () => {
  let sandbox: Sandbox;
  let graph: Awaited<ReturnType<typeof graphOf>>;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(async () => {
    await sandbox.control.reset();
    await sandbox.control.microsoft.mailbox(user).generate({ folder: 'inbox', count: 45 });
    graph = await graphOf(sandbox, user);
  });
  afterAll(() => sandbox.close());

  const add = (rule: Parameters<Sandbox['control']['faults']['add']>[0]) =>
    sandbox.control.faults.add(rule);
  const failure = (path: string) =>
    graph.send(path).then(
      (answer) => answer.text().then(() => 'answered'),
      (error: Error) => error.cause,
    );

  it('answers a status with headers and body, as text or JSON', async () => {
    await add({
      times: 1,
      action: {
        type: 'status',
        status: 503,
        headers: { 'retry-after': '2' },
        body: { error: { code: 'MailboxStoreUnavailable' } },
      },
    });
    const first = await graph.send(list);
    expect([first.status, first.headers.get('retry-after')]).toEqual([503, '2']);
    expect(first.headers.get('request-id')).toBeTruthy();
    expect(await first.json()).toEqual({ error: { code: 'MailboxStoreUnavailable' } });
    await add({ times: 1, action: { type: 'status', status: 504, body: '' } });
    expect(await (await graph.send(list)).text()).toBe('');
    expect((await graph.send(list)).status).toBe(200);
  });

  it('matches by method, path, query and user, after so many, so often', async () => {
    await add({
      id: 'one',
      match: { method: 'get', path: '/inbox/messages$', query: 'top=7', user },
      after: 1,
      times: 2,
      action: { type: 'status', status: 500 },
    });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i += 1) statuses.push((await graph.send(`${list}?$top=7`)).status);
    expect(statuses).toEqual([200, 500, 500, 200, 200]);
    expect((await graph.send(list)).status).toBe(200);
    expect((await (await graphOf(sandbox, 'pia@outlook.test')).send(`${list}?$top=7`)).status).toBe(
      200,
    );
    expect(await sandbox.control.faults.list()).toMatchObject([{ id: 'one', seen: 5, hits: 2 }]);
    expect(await sandbox.control.faults.clear('one')).toEqual({ removed: 1 });
  });

  it('hits by chance, the same way after each reset', async () => {
    const run = async () => {
      await sandbox.control.reset();
      const fresh = await graphOf(sandbox, user);
      await add({ probability: 0.5, action: { type: 'status', status: 500 } });
      const statuses: number[] = [];
      for (let i = 0; i < 30; i += 1) statuses.push((await fresh.send('/me')).status);
      return statuses;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await run()).toEqual(first);
  });

  it.each([
    ['seconds', /^7$/],
    ['date', /GMT$/],
    ['none', null],
  ] as const)('throttles with Retry-After in %s', async (retryAfter, pattern) => {
    await add({ action: { type: 'throttle', retryAfter, seconds: 7 } });
    const answer = await graph.send(list);
    expect(answer.status).toBe(429);
    expect(await answer.json()).toMatchObject({ error: { code: 'ApplicationThrottled' } });
    const header = answer.headers.get('retry-after');
    if (pattern === null) expect(header).toBeNull();
    else expect(header).toMatch(pattern);
    if (retryAfter === 'date') expect(Date.parse(header ?? '')).toBeGreaterThan(Date.now() + 4000);
  });

  it('resets the connection', async () => {
    await add({ times: 1, action: { type: 'reset' } });
    expect(await failure(list)).toMatchObject({ code: 'ECONNRESET' });
    expect(await sandbox.control.requests.read({ path: '/messages$' })).toMatchObject([
      { outcome: 'reset', status: 0 },
    ]);
    expect((await graph.send(list)).status).toBe(200);
  });

  it('ends a body early, with and without a length that says so', async () => {
    await add({ times: 1, action: { type: 'truncate' } });
    const cut = await graph.send(list);
    expect(cut.status).toBe(200);
    await expect(cut.text()).rejects.toThrow();
    await add({ times: 1, action: { type: 'truncate', declareFullLength: false, bytes: 40 } });
    const short = await (await graph.send(list)).text();
    expect(short).toHaveLength(40);
    expect(() => JSON.parse(short)).toThrow(SyntaxError);
  });

  it('answers a page of HTML, and null', async () => {
    await add({ times: 1, action: { type: 'html', status: 502 } });
    const html = await graph.send(list);
    expect([html.status, html.headers.get('content-type')]).toEqual([
      502,
      'text/html; charset=utf-8',
    ]);
    await add({ times: 1, action: { type: 'null' } });
    expect(await graph.get(list)).toBeNull();
  });

  it('delays', async () => {
    await add({ times: 1, action: { type: 'delay', ms: 120 } });
    const started = performance.now();
    await graph.get(list);
    expect(performance.now() - started).toBeGreaterThanOrEqual(115);
  });

  it('loses an answer after the effect: a refresh token is used up', async () => {
    await sandbox.control.microsoft.changeSettings({ refreshReuse: 'reject' });
    const { refresh_token } = await sandbox.control.microsoft.issueTokens({
      user,
      scopes: ['offline_access', 'Mail.Read'],
    });
    await add({ match: { path: '/token$', user }, times: 1, action: { type: 'lose-response' } });
    await expect(refresh(sandbox, refresh_token)).rejects.toThrow();
    expect((await refresh(sandbox, refresh_token)).body).toMatchObject({ error_codes: [70000] });
  });

  it.each([list, `${list}/delta`])(
    'gives an empty page with a nextLink that goes on (%s)',
    async (path) => {
      await add({
        match: { path: '/messages' },
        after: 1,
        times: 2,
        action: { type: 'empty-page' },
      });
      const links: string[] = [];
      let next: string | undefined = `${path}?$top=10`;
      const sizes: number[] = [];
      const ids = new Set<string>();
      while (next !== undefined) {
        const page: Page = await graph.get<Page>(next, { prefer: 'odata.maxpagesize=10' });
        sizes.push(page.value.length);
        for (const item of page.value) ids.add(item.id);
        next = page['@odata.nextLink'];
        if (next !== undefined) links.push(next);
      }
      expect(sizes).toEqual([10, 0, 0, 10, 10, 10, 5]);
      expect(ids.size).toBe(45);
      expect(new Set(links).size).toBe(links.length);
    },
  );

  it.each([list, `${list}/delta`])(
    'repeats items across pages and loses none (%s)',
    async (path) => {
      await add({ match: { path: '/messages' }, action: { type: 'repeat-items', count: 3 } });
      const { items, pages } = await graph.all(`${path}?$top=10`, {
        prefer: 'odata.maxpagesize=10',
      });
      expect(pages).toBe(5);
      expect(items).toHaveLength(45 + 4 * 3);
      expect(new Set(items.map((item) => item.id)).size).toBe(45);
    },
  );

  it('links to itself, and to a foreign host', async () => {
    await add({ times: 1, action: { type: 'cyclic-next-link' } });
    const page = await graph.get<Page>(`${list}?$top=10`);
    expect(page['@odata.nextLink']).toBe(`https://graph.microsoft.com/v1.0${list}?$top=10`);
    await add({ times: 1, action: { type: 'foreign-next-link', origin: 'https://evil.test' } });
    expect((await graph.get<Page>(`${list}?$top=10`))['@odata.nextLink']).toMatch(
      /^https:\/\/evil\.test\/v1\.0\//,
    );
  });

  it.each([
    ['missing-id', (item: Record<string, unknown>) => expect(item).not.toHaveProperty('id')],
    ['null-id', (item: Record<string, unknown>) => expect(item['id']).toBeNull()],
    [
      'bad-date',
      (item: Record<string, unknown>) =>
        expect(Date.parse(String(item['receivedDateTime']))).toBeNaN(),
    ],
    ['null-date', (item: Record<string, unknown>) => expect(item['receivedDateTime']).toBeNull()],
    ['nul-subject', (item: Record<string, unknown>) => expect(item['subject']).toContain('\u0000')],
    [
      'lone-surrogate',
      (item: Record<string, unknown>) => expect(String(item['subject']).isWellFormed()).toBe(false),
    ],
    ['wrong-types', (item: Record<string, unknown>) => expect(item['subject']).toBe(42)],
    ['null-item', (item: Record<string, unknown>) => expect(item).toBeNull()],
  ] as const)('poisons an item of a page: %s', async (kind, check) => {
    await add({ times: 1, action: { type: 'poison', kind, index: 4 } });
    const page = await graph.get<Page>(`${list}?$top=10`);
    expect(page.value).toHaveLength(10);
    check(page.value[4] as Record<string, unknown>);
  });

  it('keeps a poisoned message poisoned, and fails whole pages with it', async () => {
    const mailbox = sandbox.control.microsoft.mailbox(user);
    const [bad] = await mailbox.add('inbox', [{ poison: 'page-error' }]);
    const failed = await graph.refused(`${list}?$top=10`);
    expect(failed).toMatchObject({
      status: 504,
      body: { error: { code: 'UnknownError', message: '' } },
    });
    expect((await graph.get<Page>(`${list}?$top=10&$select=id`)).value).toHaveLength(10);
    expect((await graph.refused(`/me/messages/${bad?.id}`)).status).toBe(504);
    await mailbox.edit(bad?.id ?? '', { poison: 'bad-date' });
    expect((await graph.get<Page>(`${list}?$top=1`)).value[0]?.receivedDateTime).toBe('yesterday');
  });

  it('refuses a rule it does not understand, naming the field', async () => {
    await expect(add({ match: { path: '(' }, action: { type: 'reset' } })).rejects.toThrow(
      /regular expression[\s\S]*match\.path/,
    );
    await expect(add({ action: { type: 'explode' } as never })).rejects.toThrow(/action\.type/);
  });
});
