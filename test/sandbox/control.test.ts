import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { emptySeed, graphOf, immutable, type Page } from './support/graph.ts';
import { refresh } from './support/oauth.ts';

const user = 'ana@acme.test';

describe('the control interface', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(() => sandbox.control.reset());
  afterAll(() => sandbox.close());

  it('saves everything and puts it back, in another sandbox too', async () => {
    const mailbox = sandbox.control.microsoft.mailbox(user);
    await mailbox.createFolder({ name: 'Projects' });
    await mailbox.generate({ folder: 'inbox', count: 200 });
    await mailbox.add('Projects', [
      { subject: 'Kept', attachments: [{ name: 'a.txt', content: 'YQ==' }] },
    ]);
    const graph = await graphOf(sandbox, user);
    const tokens = await sandbox.control.microsoft.issueTokens({
      user,
      scopes: ['offline_access', 'Mail.Read'],
    });
    const delta = await graph.all('/me/mailFolders/inbox/messages/delta', immutable);
    await mailbox.delete((await mailbox.messages('inbox'))[3]?.id ?? '');
    await sandbox.control.clock.freeze();
    await sandbox.control.clock.set(new Date('2026-05-01T00:00:00Z'));
    await sandbox.control.faults.add({
      id: 'kept',
      match: { path: 'never' },
      action: { type: 'reset' },
    });
    const read = async (from: Sandbox) => {
      const reader =
        from === sandbox ? graph : { ...graph, ...(await readerOf(from, graph.authorization)) };
      return {
        messages: (await reader.all('/me/messages?$top=100', immutable)).items,
        folders: (await reader.all('/me/mailFolders?$top=100')).items,
        delta: (await reader.all(delta.last['@odata.deltaLink'] ?? '', immutable)).items,
      };
    };
    const snapshot = await sandbox.control.snapshot();
    const before = await read(sandbox);
    expect(before.delta).toHaveLength(1);
    await sandbox.control.reset();
    expect((await graph.send('/me')).status).toBe(401);

    await using other = await disposable(startSandbox({ port: 0, seed: emptySeed }));
    await other.sandbox.control.restore(JSON.parse(JSON.stringify(snapshot)));
    expect(await read(other.sandbox)).toEqual(before);
    expect((await refresh(other.sandbox, tokens.refresh_token)).status).toBe(200);
    expect(await other.sandbox.control.faults.list()).toMatchObject([{ id: 'kept' }]);
    expect((await other.sandbox.control.clock.get()).now).toBe('2026-05-01T00:00:00.000Z');
    await sandbox.control.restore(snapshot);
    expect(await read(sandbox)).toEqual(before);
  });

  it('refuses what is no snapshot', async () => {
    await expect(sandbox.control.restore({ version: 2 })).rejects.toThrow(
      /expected \{"version": 1/,
    );
    await expect(sandbox.control.restore({ version: 1, parts: {} })).rejects.toThrow(/lacks clock/);
  });

  it('moves, stops and starts the clock', async () => {
    const { clock } = sandbox.control;
    expect(Date.parse((await clock.advance({ seconds: 3600 })).now)).toBeGreaterThan(
      Date.now() + 3_599_000,
    );
    await clock.set(new Date('2030-01-01T00:00:00Z'));
    expect((await clock.freeze()).now).toMatch(/^2030-01-01T00:00:00/);
    const frozen = await clock.get();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await clock.get()).now).toBe(frozen.now);
    expect((await clock.advance({ ms: 1500 })).frozenAtMs).toBe((frozen.frozenAtMs ?? 0) + 1500);
    await clock.unfreeze();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(Date.parse((await clock.get()).now)).toBeGreaterThan((frozen.frozenAtMs ?? 0) + 1500);
    const graph = await graphOf(sandbox, user);
    expect((await graph.send('/me')).headers.get('date')).toMatch(/2030/);
  });

  it('logs requests without secrets, and counts them', async () => {
    const graph = await graphOf(sandbox, user);
    await graph.get('/me/messages?$top=5', { prefer: 'IdType="ImmutableId"' });
    await graph.get('/me/messages?$top=6');
    await fetch(`${sandbox.url}/common/oauth2/v2.0/authorize?code=hidden&state=hidden&client_id=x`);
    const entries = await sandbox.control.requests.read();
    expect(entries).toHaveLength(3);
    expect(entries[0]).toMatchObject({
      method: 'GET',
      path: '/v1.0/me/messages',
      query: '$top=5',
      user,
      status: 200,
      prefer: 'IdType="ImmutableId"',
    });
    expect(entries[2]?.query).toBe('code=[redacted]&state=[redacted]&client_id=x');
    expect(JSON.stringify(entries)).not.toContain(graph.authorization.slice(7));
    const { total, counters } = await sandbox.control.requests.counters();
    expect(total).toBe(3);
    expect(counters).toContainEqual({
      user,
      endpoint: 'GET /v1.0/me/messages',
      requests: 2,
      statuses: { 200: 2 },
    });
    expect(await sandbox.control.requests.read({ user, limit: 1 })).toHaveLength(1);
    await sandbox.control.requests.clear();
    expect((await sandbox.control.requests.counters()).total).toBe(0);
  });

  it('refuses and remembers unknown parameters in strict mode', async () => {
    const graph = await graphOf(sandbox, user);
    expect((await graph.send('/me/messages?verbose=1')).status).toBe(200);
    await sandbox.control.settings.change({ strict: true });
    expect((await graph.send('/me/messages?verbose=1')).status).toBe(400);
    expect((await graph.send('/me?$filter=x')).status).toBe(400);
    expect((await graph.send('/me/messages?$top=1&top=1')).status).toBe(400);
    expect((await graph.send('/me/messages?$top=1&includeHiddenMessages=true')).status).toBe(200);
    expect((await graph.send('/me/photo')).status).toBe(400);
    expect((await graph.send('/me', { method: 'PATCH', body: '{}' })).status).toBe(405);
    const rules = (await sandbox.control.violations.list()).map((violation) => violation.detail);
    expect(rules).toEqual([
      'verbose is not a parameter of GET /me/messages',
      '$filter is not a parameter of GET /me',
      'GET /me/photo is not an operation of the sandbox',
      'PATCH /me is not an operation of the sandbox',
    ]);
  });

  it('edits a mailbox as a person would', async () => {
    const mailbox = sandbox.control.microsoft.mailbox(user);
    const graph = await graphOf(sandbox, user);
    const [message] = await mailbox.add('inbox', [{ subject: 'First' }]);
    await mailbox.edit(message?.id ?? '', {
      subject: 'Second',
      receivedAt: '2026-03-01T00:00:00Z',
      isRead: true,
    });
    const found = await graph.get<Page>(
      '/me/mailFolders/inbox/messages?$select=subject,isRead,receivedDateTime',
    );
    expect(found.value).toMatchObject([
      { subject: 'Second', isRead: true, receivedDateTime: '2026-03-01T00:00:00Z' },
    ]);
    await mailbox.delete(message?.id ?? '');
    expect((await mailbox.messages('deleteditems')).map((one) => one.id)).toEqual([message?.id]);
    await mailbox.delete(message?.id ?? '');
    expect(await mailbox.messages('deleteditems')).toEqual([]);
    await mailbox.createFolder({ name: 'Projects' });
    await mailbox.add('Projects', [{}, {}]);
    await mailbox.deleteFolder('Projects');
    expect((await graph.get<Page>('/me/messages')).value).toEqual([]);
  });

  it('explains what it cannot do', async () => {
    await expect(sandbox.control.microsoft.mailbox('nobody@acme.test').folders()).rejects.toThrow(
      /404.*there are ana@acme\.test, pia@outlook\.test/,
    );
    await expect(sandbox.control.microsoft.mailbox(user).add('Nowhere', [{}])).rejects.toThrow(
      /no folder "Nowhere"/,
    );
    await expect(sandbox.control.microsoft.changeSettings({ pageSize: 0 })).rejects.toThrow(
      /pageSize/,
    );
    await expect(sandbox.control.microsoft.revokeGrants(user, { code: 1 })).rejects.toThrow(
      /AADSTS1 is not in the sandbox/,
    );
    expect((await fetch(`${sandbox.url}/_sandbox/nothing`)).status).toBe(404);
    const noJson = { method: 'POST', body: '{' };
    expect((await fetch(`${sandbox.url}/_sandbox/faults`, noJson)).status).toBe(400);
    expect((await fetch(`${sandbox.url}/_sandbox/requests?path=(`)).status).toBe(400);
  });
});

async function readerOf(sandbox: Sandbox, authorization: string) {
  const reader = await graphOf(sandbox, user);
  const send = (path: string, headers: Record<string, string> = {}) =>
    reader.get<Page>(path, { ...headers, authorization });
  return {
    async all(path: string, headers: Record<string, string> = {}) {
      const items: Page['value'][number][] = [];
      let page = await send(path, headers);
      items.push(...page.value);
      while (page['@odata.nextLink'] !== undefined) {
        page = await send(page['@odata.nextLink'], headers);
        items.push(...page.value);
      }
      return { items, last: page, pages: 0 };
    },
  };
}

async function disposable(starting: Promise<Sandbox>) {
  const sandbox = await starting;
  return { sandbox, [Symbol.asyncDispose]: () => sandbox.close() };
}
