import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { emptySeed, graphOf, type Item, immutable, type Page } from './support/graph.ts';

const user = 'ana@acme.test';

describe('queries', () => {
  let sandbox: Sandbox;
  let graph: Awaited<ReturnType<typeof graphOf>>;
  let mailbox: ReturnType<Sandbox['control']['microsoft']['mailbox']>;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
    mailbox = sandbox.control.microsoft.mailbox(user);
    graph = await graphOf(sandbox, user);
    const body = { contentType: 'text' as const, content: 'Nothing in it.' };
    const bob = { name: 'Bob', address: 'bob@contoso.test' };
    await mailbox.add('inbox', [
      {
        subject: "It's an offer",
        from: bob,
        receivedAt: '2026-01-01T00:00:00Z',
        importance: 'high',
        body,
      },
      {
        subject: 'Invoice',
        from: bob,
        receivedAt: '2026-01-02T00:00:00Z',
        isRead: true,
        attachments: [{ name: 'a.pdf', size: 10 }],
      },
      {
        subject: null,
        from: null,
        body,
        receivedAt: '2026-01-03T00:00:00Z',
        attachments: [{ name: 'x.png', isInline: true, size: 10 }],
      },
    ]);
    await mailbox.add('archive', [
      { subject: 'Old', receivedAt: '2025-01-01T00:00:00Z', meeting: true, attachments: [] },
    ]);
  });
  afterAll(() => sandbox.close());

  const subjects = async (query: string) =>
    (await graph.all(`/me/messages?$select=subject&${query}`)).items.map((item) => item.subject);

  it.each([
    ["subject eq 'it''s an OFFER'", ["It's an offer"]],
    ["contains(subject,'voi')", ['Invoice']],
    ["startswith(subject,'in') or endswith(subject,'offer')", ['Invoice', "It's an offer"]],
    ["from/emailAddress/address eq 'BOB@contoso.test'", ['Invoice', "It's an offer"]],
    ["importance eq 'high'", ["It's an offer"]],
    ['hasAttachments eq true', ['Invoice']],
    ['subject eq null', [null]],
    ['isRead ne true and (receivedDateTime lt 2026-01-02T00:00:00Z)', ["It's an offer", 'Old']],
    ['not (hasAttachments eq true) and subject ne null', ["It's an offer", 'Old']],
  ])('filters by %s', async (filter, expected) => {
    expect(await subjects(`$filter=${encodeURIComponent(filter)}`)).toEqual(expected);
  });

  it('filters by folder, and takes options without the dollar sign', async () => {
    const archive = await graph.get<Item>('/me/mailFolders/archive');
    const filter = encodeURIComponent(`parentFolderId eq '${archive.id}'`);
    expect(await subjects(`filter=${filter}&top=5`)).toEqual(['Old']);
    expect(await subjects("$FILTER=subject eq 'Old'")).toEqual(['Old']);
  });

  it('filters folders by name', async () => {
    const { value } = await graph.get<Page>(
      "/me/mailFolders?$filter=displayName eq 'sent items'&$select=displayName",
    );
    expect(value.map((folder) => folder['displayName'])).toEqual(['Sent Items']);
    expect((await graph.refused('/me/mailFolders?$filter=colour eq 1')).status).toBe(400);
  });

  it('searches for words', async () => {
    expect(await subjects('$search="invoice"')).toEqual(['Invoice']);
  });

  it('marks meeting mail by its type', async () => {
    const { value } = await graph.get<Page>('/me/mailFolders/archive/messages');
    expect(value[0]?.['@odata.type']).toBe('#microsoft.graph.eventMessageRequest');
  });

  it('has search folders, which show what lies elsewhere', async () => {
    await mailbox.createFolder({ name: 'Unread or not', search: true });
    const { items } = await graph.all('/me/mailFolders?$top=50&$select=displayName,totalItemCount');
    const folder = items.find((item) => item['displayName'] === 'Unread or not');
    expect(folder).toMatchObject({
      '@odata.type': '#microsoft.graph.mailSearchFolder',
      totalItemCount: 3,
    });
    const shown = await graph.all(
      `/me/mailFolders/${encodeURIComponent(folder?.id ?? '')}/messages?$select=id`,
      immutable,
    );
    const inbox = await graph.all('/me/mailFolders/inbox/messages?$select=id', immutable);
    expect(shown.items.map((item) => item.id)).toEqual(inbox.items.map((item) => item.id));
  });

  it('shifts its pages when mail arrives, as the real links do', async () => {
    const first = await graph.get<Page>(
      '/me/mailFolders/inbox/messages?$top=2&$select=id',
      immutable,
    );
    const [added] = await mailbox.add('inbox', [{ subject: 'Just now' }]);
    const second = await graph.get<Page>(first['@odata.nextLink'] ?? '', immutable);
    expect(second.value[0]?.id).toBe(first.value[1]?.id);
    await mailbox.delete(added?.id ?? '', { permanent: true });
  });
});
