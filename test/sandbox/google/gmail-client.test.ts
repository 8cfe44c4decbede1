import { auth, gmail } from 'googleapis/build/src/apis/gmail/index.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/server.ts';

const user = 'ana@acme.test';
const days = 86_400_000;

describe('with the real Gmail client and the demo seed', () => {
  let sandbox: Sandbox;
  let api: ReturnType<typeof gmail>;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0 });
  });
  beforeEach(async () => {
    await sandbox.control.reset();
    await sandbox.control.settings.change({ strict: true });
    const client = new auth.OAuth2({
      clientId: 'lockstep-sandbox',
      clientSecret: 'lockstep-sandbox-secret',
      endpoints: { oauth2TokenUrl: `${sandbox.url}/token` },
    });
    const { access_token, refresh_token } = await sandbox.control.google.issueTokens({
      user,
      scopes: ['https://www.googleapis.com/auth/gmail.readonly'],
    });
    client.setCredentials({
      access_token,
      refresh_token: refresh_token ?? null,
      expiry_date: Date.now() + 3_600_000,
    });
    api = gmail({ version: 'v1', auth: client, rootUrl: `${sandbox.url}/` });
  });
  afterAll(() => sandbox.close());

  it('finds everybody of the demo, and 5,000 messages of Ana over 400 days', async () => {
    const accounts = await sandbox.control.google.accounts();
    expect(accounts.map(({ email }) => email).sort()).toEqual(
      (await sandbox.control.microsoft.accounts()).map(({ email }) => email).sort(),
    );
    const { data } = await api.users.getProfile({ userId: 'me' });
    expect(data).toMatchObject({ emailAddress: user, messagesTotal: 5000 });
    const messages = await sandbox.control.google.mailbox(user).messages();
    const oldest = Date.now() - Date.parse(messages.at(-1)?.receivedAt ?? '');
    expect(oldest / days).toBeGreaterThan(398);
    expect(oldest / days).toBeLessThan(401);
  });

  it('pages, reads, fetches an attachment and follows history without a violation', async () => {
    const ids = new Set<string>();
    let pageToken: string | undefined;
    do {
      const { data } = await api.users.messages.list({
        userId: 'me',
        q: `after:${Math.floor(Date.now() / 1000) - 365 * 86_400} -in:drafts`,
        maxResults: 500,
        ...(pageToken === undefined ? {} : { pageToken }),
      });
      for (const { id } of data.messages ?? []) ids.add(id ?? '');
      pageToken = data.nextPageToken ?? undefined;
    } while (pageToken !== undefined);
    const expected = await sandbox.control.google
      .mailbox(user)
      .messages(`after:${Math.floor(Date.now() / 1000) - 365 * 86_400} -in:drafts`);
    expect(ids.size).toBe(
      expected.filter(({ labels }) => !labels.includes('SPAM') && !labels.includes('TRASH')).length,
    );
    const found = await api.users.messages.list({ userId: 'me', q: 'filename:pdf', maxResults: 1 });
    const id = found.data.messages?.[0]?.id ?? '';
    const { data: message } = await api.users.messages.get({ userId: 'me', id });
    const part = message.payload?.parts?.find(({ body }) => body?.attachmentId);
    const { data: attachment } = await api.users.messages.attachments.get({
      userId: 'me',
      messageId: id,
      id: part?.body?.attachmentId ?? '',
    });
    expect(attachment.size).toBe(part?.body?.size);
    const startHistoryId = (await api.users.getProfile({ userId: 'me' })).data.historyId ?? '';
    await sandbox.control.google.mailbox(user).markRead(id);
    await sandbox.control.google.mailbox(user).deliver([{ subject: 'New' }]);
    const { data: history } = await api.users.history.list({
      userId: 'me',
      startHistoryId,
      historyTypes: ['messageAdded', 'labelRemoved'],
    });
    expect(history.history?.at(-1)?.messagesAdded).toHaveLength(1);
    expect(await sandbox.control.violations.list()).toEqual([]);
  });

  it('shows its errors where the library looks for them', async () => {
    await expect(
      api.users.messages.get({ userId: 'me', id: '0123456789abcdef' }),
    ).rejects.toMatchObject({
      status: 404,
      response: { data: { error: { errors: [{ reason: 'notFound' }] } } },
    });
  });

  it('is retried by the library after 503, and after a lost connection', async () => {
    const match = { path: '/profile$' };
    await sandbox.control.faults.add({ match, times: 2, action: { type: 'status', status: 503 } });
    expect((await api.users.getProfile({ userId: 'me' })).status).toBe(200);
    await sandbox.control.faults.clear();
    await sandbox.control.faults.add({ match, times: 1, action: { type: 'reset' } });
    expect((await api.users.getProfile({ userId: 'me' })).status).toBe(200);
  });

  it('keeps its state in a snapshot, next to one that knows no Google', async () => {
    const before = await sandbox.control.google.mailbox(user).messages('in:inbox');
    const snapshot = (await sandbox.control.snapshot()) as { parts: Record<string, unknown> };
    await sandbox.control.google.mailbox(user).delete(before[0]?.id ?? '');
    await sandbox.control.restore(snapshot);
    expect(await sandbox.control.google.mailbox(user).messages('in:inbox')).toEqual(before);
    const old = Object.entries(snapshot.parts).filter(([name]) => !name.startsWith('google'));
    await sandbox.control.restore({ ...snapshot, parts: Object.fromEntries(old) });
    expect(await sandbox.control.google.mailbox(user).messages('in:inbox')).toEqual(before);
  });
});
