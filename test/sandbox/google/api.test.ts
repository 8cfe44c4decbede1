import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/server.ts';
import { emptySeed, gmailOf, type Listed, type Message, user } from './support/gmail.ts';

const metadata = 'https://www.googleapis.com/auth/gmail.metadata';

describe('Gmail', () => {
  let sandbox: Sandbox;
  let gmail: Awaited<ReturnType<typeof gmailOf>>;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(async () => {
    await sandbox.control.reset();
    gmail = await gmailOf(sandbox);
  });
  afterAll(() => sandbox.close());

  const mailbox = () => sandbox.control.google.mailbox(user);

  it('refuses who has no token, or one that ended', async () => {
    const bare = await fetch(`${sandbox.url}/gmail/v1/users/me/profile`);
    expect([bare.status, await bare.json()]).toMatchObject([
      401,
      { error: { status: 'UNAUTHENTICATED', errors: [{ reason: 'required' }] } },
    ]);
    await sandbox.control.google.expireAccessTokens(user);
    const ended = await gmail.refused('/profile');
    expect(ended.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(ended.body).toEqual({
      error: {
        code: 401,
        message: 'Invalid Credentials',
        errors: [
          {
            message: 'Invalid Credentials',
            domain: 'global',
            reason: 'authError',
            location: 'Authorization',
            locationType: 'header',
          },
        ],
        status: 'UNAUTHENTICATED',
      },
    });
  });

  it('refuses a token without the scope, and one whose scope was taken back', async () => {
    const identity = await gmailOf(sandbox, { scopes: ['openid', 'email'] });
    const { status, body, headers } = await identity.refused('/messages');
    expect(status).toBe(403);
    expect(headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect(body.error).toMatchObject({
      status: 'PERMISSION_DENIED',
      errors: [{ reason: 'insufficientPermissions' }],
    });
    await sandbox.control.google.withdrawScopes(user, gmail.tokens.scope.split(' '));
    expect((await gmail.send('/messages')).status).toBe(403);
  });

  it('opens headers only to the metadata scope', async () => {
    const [ids] = await mailbox().deliver([{ subject: 'Private', text: 'Secret' }]);
    const path = `/messages/${ids?.id}`;
    const narrow = await gmailOf(sandbox, { scopes: [metadata] });
    expect((await narrow.refused('/messages?q=in:inbox')).body.error.message).toBe(
      "Metadata scope does not support 'q' parameter",
    );
    expect((await narrow.refused(path)).body.error.message).toContain('format FULL');
    expect((await narrow.refused(`${path}?format=raw`)).status).toBe(403);
    expect((await narrow.send('/messages?labelIds=INBOX')).status).toBe(200);
    const message = await narrow.get<Message>(
      `${path}?format=metadata&metadataHeaders=subject&metadataHeaders=From`,
    );
    expect(message.payload?.headers.map(({ name }) => name)).toEqual(['From', 'Subject']);
    expect(message.payload).not.toHaveProperty('body');
  });

  it('serves the own mailbox only, by `me` or by address', async () => {
    const get = (who: string) =>
      fetch(`${sandbox.url}/gmail/v1/users/${who}/profile`, {
        headers: { authorization: gmail.authorization },
      });
    expect((await get(user)).status).toBe(200);
    expect((await get('pia@gmail.test')).status).toBe(403);
  });

  it('answers failedPrecondition where mail is switched off', async () => {
    const tokens = await sandbox.control.google.issueTokens({
      user: 'nora@acme.test',
      scopes: ['https://mail.google.com/'],
    });
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const answer = await fetch(`${sandbox.url}/gmail/v1/users/me/profile`, { headers });
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { error: { status: 'FAILED_PRECONDITION', errors: [{ reason: 'failedPrecondition' }] } },
    ]);
  });

  it('lists labels, and counts one', async () => {
    await mailbox().createLabel('Projects/Atlas');
    await mailbox().deliver([
      { labels: ['Projects/Atlas', 'UNREAD'] },
      { labels: ['Projects/Atlas'] },
    ]);
    const { labels } = await gmail.get<{ labels: { id: string; name: string; type: string }[] }>(
      '/labels',
    );
    expect(labels.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['INBOX', 'SENT', 'DRAFT', 'TRASH', 'SPAM', 'UNREAD', 'STARRED']),
    );
    expect(labels.at(-1)).toMatchObject({ id: 'Label_1', name: 'Projects/Atlas', type: 'user' });
    expect(await gmail.get('/labels/Label_1')).toMatchObject({
      messagesTotal: 2,
      messagesUnread: 1,
      threadsTotal: 2,
    });
    expect((await gmail.refused('/labels/Label_9')).status).toBe(404);
    await mailbox().renameLabel('Projects/Atlas', 'Done');
    expect(await gmail.get('/labels/Label_1')).toMatchObject({ name: 'Done' });
    await mailbox().deleteLabel('Done');
    expect((await gmail.list({ q: 'has:userlabels' })).ids).toEqual([]);
  });

  it('keeps threads together, under the id of their first message', async () => {
    const [first] = await mailbox().deliver([{ subject: 'One' }]);
    const [second] = await mailbox().deliver([{ subject: 'Re: One', threadOf: first?.id ?? '' }]);
    await mailbox().deliver([{ subject: 'Two' }]);
    expect(second?.threadId).toBe(first?.id);
    const list = await gmail.get<{ threads: Listed[] }>('/threads');
    expect(list.threads.map(({ id }) => id)).toHaveLength(2);
    const thread = await gmail.get<{ messages: Message[]; historyId: string }>(
      `/threads/${first?.id}?format=minimal`,
    );
    expect(thread.messages.map(({ id }) => id)).toEqual([first?.id, second?.id]);
    expect(thread.historyId).toBe(thread.messages[1]?.historyId);
    expect(await gmail.get('/profile')).toMatchObject({ messagesTotal: 3, threadsTotal: 2 });
    expect((await gmail.refused(`/threads/${second?.id}`)).status).toBe(404);
  });

  it('tells a malformed id from an unknown one', async () => {
    expect((await gmail.refused('/messages/not-an-id')).body.error).toMatchObject({
      code: 400,
      message: 'Invalid id value',
    });
    expect((await gmail.refused('/messages/0123456789abcdef')).status).toBe(404);
  });

  it.each([
    ['missing-id', 'messages', (item: unknown) => !Object.hasOwn(item as object, 'id')],
    ['null-item', 'messages', (item: unknown) => item === null],
    ['null-id', 'messages', (item: unknown) => (item as Listed).id === null],
  ] as const)('spoils an item of a list: %s', async (kind, member, isSpoilt) => {
    await mailbox().generate({ count: 3 });
    await sandbox.control.faults.add({ action: { type: 'poison', kind, index: 1 } });
    const page = await gmail.get<Record<string, unknown[]>>('/messages');
    expect(page[member]?.map(isSpoilt)).toEqual([false, true, false]);
  });

  it('spoils a message for good: its date, its subject, or every answer with its content', async () => {
    const ids = await mailbox().deliver([
      { poison: 'bad-date' },
      { poison: 'nul-subject' },
      { poison: 'page-error' },
    ]);
    const [date, subject, broken] = ids.map(({ id }) => id);
    expect((await gmail.message(date ?? '')).internalDate).toBe('yesterday');
    expect(JSON.stringify(await gmail.message(subject ?? ''))).toContain('Nul \\u0000 inside');
    expect((await gmail.refused(`/messages/${broken}`)).status).toBe(504);
    expect((await gmail.send(`/messages/${broken}?format=minimal`)).status).toBe(200);
  });

  it('gives empty pages, repeats items and goes in circles, as scripted', async () => {
    await mailbox().generate({ count: 30 });
    const { ids } = await gmail.list();
    const add = (action: Parameters<typeof sandbox.control.faults.add>[0]['action']) =>
      sandbox.control.faults.add({ times: 1, after: 1, action });
    await add({ type: 'empty-page' });
    expect(await gmail.list({ maxResults: '10' })).toEqual({ ids, pages: 4 });
    await sandbox.control.faults.clear();
    await add({ type: 'repeat-items', count: 2 });
    const repeated = (await gmail.list({ maxResults: '10' })).ids;
    expect([repeated.length, new Set(repeated).size]).toEqual([32, 30]);
    await sandbox.control.faults.clear();
    await add({ type: 'cyclic-next-link' });
    expect((await gmail.list({ maxResults: '10' })).pages).toBe(4);
  });

  it('refuses unknown parameters and operations in strict mode, and writes them down', async () => {
    await sandbox.control.settings.change({ strict: true });
    expect((await gmail.send('/messages?maxResults=1&prettyPrint=false')).status).toBe(200);
    expect((await gmail.refused('/messages?$top=1')).body.error.message).toContain('"$top"');
    expect((await gmail.send('/drafts')).status).toBe(404);
    expect((await sandbox.control.violations.list()).map(({ rule }) => rule)).toEqual([
      'unknown-query-parameter',
      'unknown-operation',
    ]);
  });

  it('counts requests per user and endpoint, never with a token', async () => {
    await sandbox.control.requests.clear();
    const [ids] = await mailbox().deliver([{}]);
    await gmail.message(ids?.id ?? '');
    await gmail.message(ids?.id ?? '');
    const { counters } = await sandbox.control.requests.counters();
    expect(counters).toEqual([
      {
        user,
        endpoint: 'GET /gmail/v1/users/{user}/messages/{message}',
        requests: 2,
        statuses: { 200: 2 },
      },
    ]);
    const log = JSON.stringify(await sandbox.control.requests.read());
    expect(log).not.toContain(gmail.tokens.access_token);
  });
});
