import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { emptySeed, graphOf, type Item, immutable, type Page } from './support/graph.ts';

const user = 'ana@acme.test';
const file = Buffer.from('%PDF-1.7 not really');

describe('folders, messages and attachments', () => {
  let sandbox: Sandbox;
  let graph: Awaited<ReturnType<typeof graphOf>>;
  let mailbox: ReturnType<Sandbox['control']['microsoft']['mailbox']>;
  let id: string;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
    mailbox = sandbox.control.microsoft.mailbox(user);
    graph = await graphOf(sandbox, user);
    const [message] = await mailbox.add('inbox', [
      {
        subject: 'Grüße',
        receivedAt: '2026-01-05T08:00:30Z',
        sentAt: '2026-01-05T08:00:00Z',
        body: { contentType: 'html', content: '<p>One &amp; two</p><p>three</p>' },
        from: { name: 'Bob', address: 'bob@contoso.test' },
        to: [{ name: 'Ana', address: user }],
        internetMessageId: '<one@contoso.test>',
        inReplyTo: '<zero@contoso.test>',
        attachments: [
          { name: 'a.pdf', contentType: 'application/pdf', content: file.toString('base64') },
          {
            name: 'logo.png',
            contentType: 'image/png',
            isInline: true,
            contentId: 'logo',
            size: 10,
          },
          { kind: 'item', name: 'Forwarded', contentType: null },
          { kind: 'reference', name: 'Link', contentType: null },
        ],
      },
    ]);
    id = message?.id ?? '';
  });
  afterAll(() => sandbox.close());

  const one = (query = '', headers: Record<string, string> = immutable) =>
    graph.get<Item>(`/me/messages/${encodeURIComponent(id)}${query}`, headers);

  it('writes a message with every property, null rather than absent', async () => {
    expect(await one()).toMatchObject({
      '@odata.context': expect.stringMatching(
        /^https:\/\/graph\.microsoft\.com\/v1\.0\/\$metadata#users/,
      ),
      '@odata.etag': expect.stringMatching(/^W\/"CQ/),
      id,
      subject: 'Grüße',
      receivedDateTime: '2026-01-05T08:00:30Z',
      sentDateTime: '2026-01-05T08:00:00Z',
      isRead: false,
      isDraft: false,
      hasAttachments: true,
      internetMessageId: '<one@contoso.test>',
      bodyPreview: 'One & two\r\n\r\nthree',
      body: { contentType: 'html', content: '<p>One &amp; two</p><p>three</p>' },
      from: { emailAddress: { name: 'Bob', address: 'bob@contoso.test' } },
      ccRecipients: expect.any(Array),
      bccRecipients: [],
      categories: [],
      flag: { flagStatus: 'notFlagged' },
    });
    expect(await one()).not.toHaveProperty('internetMessageHeaders');
  });

  it('selects, and gives id and etag besides', async () => {
    expect(Object.keys(await one('?$select=Subject,internetMessageHeaders')).toSorted()).toEqual([
      '@odata.context',
      '@odata.etag',
      'id',
      'internetMessageHeaders',
      'subject',
    ]);
    expect((await one('?$select=internetMessageHeaders'))['internetMessageHeaders']).toContainEqual(
      { name: 'In-Reply-To', value: '<zero@contoso.test>' },
    );
  });

  it('obeys Prefer and says so', async () => {
    const answer = await graph.send(`/me/messages/${id}?$select=body`, {
      headers: { prefer: 'outlook.body-content-type="text", IdType="ImmutableId"' },
    });
    expect(answer.headers.get('preference-applied')).toBe(
      'outlook.body-content-type="text", IdType="ImmutableId"',
    );
    expect(await answer.json()).toMatchObject({
      body: { contentType: 'text', content: 'One & two\r\n\r\nthree' },
    });
    expect((await graph.send(`/me/messages/${id}`)).headers.has('preference-applied')).toBe(false);
  });

  it('keeps the immutable id through a move and changes the other', async () => {
    const before = await one('', {});
    await mailbox.move(id, 'archive');
    expect((await one()).id).toBe(id);
    const after = await one('', {});
    expect(after.id).not.toBe(before.id);
    expect(after.parentFolderId).not.toBe(before.parentFolderId);
    expect(
      (await graph.refused(`/me/messages/${encodeURIComponent(before.id)}`)).body.error.code,
    ).toBe('ErrorItemNotFound');
    await mailbox.move(id, 'inbox');
  });

  it('tells a damaged id from an unknown one', async () => {
    expect((await graph.refused('/me/messages/nonsense')).body.error.code).toBe(
      'ErrorInvalidIdMalformed',
    );
    expect((await graph.refused(`/me/messages/${id.replace(/.(.{5})$/, 'Z$1')}`)).status).toBe(400);
    const [gone] = await mailbox.add('inbox', [{}]);
    await mailbox.delete(gone?.id ?? '', { permanent: true });
    const { status, body } = await graph.refused(`/me/messages/${gone?.id}`);
    expect([status, body.error.code]).toEqual([404, 'ErrorItemNotFound']);
  });

  it('lists attachments with their bytes, or without by $select', async () => {
    const { value } = await graph.get<Page>(`/me/messages/${id}/attachments`, immutable);
    expect(value.map((item) => item['@odata.type'])).toEqual(
      ['file', 'file', 'item', 'reference'].map((kind) => `#microsoft.graph.${kind}Attachment`),
    );
    expect(value[0]).toMatchObject({
      name: 'a.pdf',
      contentType: 'application/pdf',
      isInline: false,
      contentBytes: file.toString('base64'),
    });
    expect(value[0]?.['size']).toBeGreaterThan(file.length);
    expect(value[1]).toMatchObject({ isInline: true, contentId: 'logo' });
    const bare = await graph.get<Page>(`/me/messages/${id}/attachments?$select=id,name,size`);
    expect(Object.keys(bare.value[0] ?? {}).toSorted()).toEqual([
      '@odata.mediaContentType',
      '@odata.type',
      'id',
      'name',
      'size',
    ]);
    const expanded = await one('?$select=id&$expand=attachments($select=id,name)');
    expect(expanded['attachments']).toMatchObject([
      { name: 'a.pdf' },
      { name: 'logo.png' },
      { name: 'Forwarded' },
      { name: 'Link' },
    ]);
  });

  it('gives the bytes of a file, the item of an item, and no content of a link', async () => {
    const { value } = await graph.get<Page>(`/me/messages/${id}/attachments?$select=id`);
    const [pdf, , item, link] = value.map(
      (attachment) => `/me/messages/${id}/attachments/${encodeURIComponent(attachment.id)}`,
    );
    const bytes = await graph.send(`${pdf}/$value`);
    expect(bytes.headers.get('content-type')).toBe('application/pdf');
    expect(Buffer.from(await bytes.arrayBuffer())).toEqual(file);
    expect(await graph.get<Item>(`${item}`)).not.toHaveProperty('item');
    expect(
      await graph.get<Item>(`${item}?$expand=microsoft.graph.itemattachment/item`),
    ).toMatchObject({ item: { '@odata.type': '#microsoft.graph.message' } });
    expect((await graph.refused(`${link}/$value`)).status).toBe(405);
  });

  it('writes MIME', async () => {
    const mime = await (await graph.send(`/me/messages/${id}/$value`)).text();
    expect(mime).toContain('Message-ID: <one@contoso.test>\r\n');
    expect(mime).toContain('In-Reply-To: <zero@contoso.test>\r\n');
    expect(mime).toContain(`Subject: =?utf-8?B?${Buffer.from('Grüße').toString('base64')}?=`);
    expect(mime).toContain(file.toString('base64'));
  });

  it('lists folders one level at a time, ten a page, hidden ones on demand', async () => {
    for (const name of ['Projects', 'Zebra']) await mailbox.createFolder({ name });
    await mailbox.createFolder({ name: 'Atlas', parent: 'Projects' });
    await mailbox.createFolder({ name: 'Secret', hidden: true });
    const { items, pages } = await graph.all('/me/mailFolders?$count=true');
    expect(pages).toBe(1);
    expect(items.map((item) => item['displayName'])).toEqual([
      'Inbox',
      'Drafts',
      'Sent Items',
      'Deleted Items',
      'Junk Email',
      'Archive',
      'Outbox',
      'Conversation History',
      'Projects',
      'Zebra',
    ]);
    const hidden = await graph.all('/me/mailFolders?includeHiddenFolders=true');
    expect(hidden.pages).toBe(2);
    expect(hidden.items.at(-1)).toMatchObject({ displayName: 'Secret', isHidden: true });
    const projects = items.find((item) => item['displayName'] === 'Projects');
    expect(projects).toMatchObject({ childFolderCount: 1 });
    const children = await graph.get<Page>(
      `/me/mailFolders/${encodeURIComponent(projects?.id ?? '')}/childFolders`,
    );
    expect(children.value).toMatchObject([{ displayName: 'Atlas', parentFolderId: projects?.id }]);
  });

  it('counts and knows well-known names', async () => {
    await mailbox.add('sentitems', [{}, {}]);
    await mailbox.add('inbox', [{ isRead: true }, { isRead: false }]);
    const inbox = await graph.get<Item>('/me/mailFolders/Inbox');
    const before = {
      total: Number(inbox['totalItemCount']),
      unread: Number(inbox['unreadItemCount']),
    };
    const [extra] = await mailbox.add('inbox', [{ isRead: false }]);
    expect(await graph.get<Item>(`/me/mailFolders/${encodeURIComponent(inbox.id)}`)).toMatchObject({
      totalItemCount: before.total + 1,
      unreadItemCount: before.unread + 1,
    });
    await mailbox.edit(extra?.id ?? '', { isRead: true });
    expect(await graph.get<Item>("/me/mailFolders('inbox')")).toMatchObject({
      unreadItemCount: before.unread,
    });
    expect(await graph.get<Item>('/me/mailFolders/sentitems')).toMatchObject({
      totalItemCount: 2,
      unreadItemCount: 0,
    });
    expect((await graph.refused('/me/mailFolders/nowhere')).body.error.code).toBe(
      'ErrorInvalidIdMalformed',
    );
  });

  it('keeps members apart', async () => {
    const other = await graphOf(sandbox, 'pia@outlook.test');
    expect((await other.refused(`/me/messages/${id}`)).status).toBe(400);
    expect((await other.refused(`/users/${user}/messages`)).status).toBe(403);
    expect(await graph.get<Item>(`/users/${user}/messages/${id}`, immutable)).toMatchObject({ id });
  });

  it('writes folders only with the scope', async () => {
    const post = {
      method: 'POST',
      body: JSON.stringify({ displayName: 'Made' }),
      headers: { 'content-type': 'application/json' },
    };
    expect((await graph.send('/me/mailFolders', post)).status).toBe(403);
    const writer = await graphOf(sandbox, user, ['Mail.ReadWrite']);
    const made = await writer.send('/me/mailFolders', post);
    expect(made.status).toBe(201);
    const { id: folder } = (await made.json()) as Item;
    expect((await writer.send('/me/mailFolders', post)).status).toBe(409);
    expect(
      (await writer.send(`/me/mailFolders/${encodeURIComponent(folder)}`, { method: 'DELETE' }))
        .status,
    ).toBe(204);
  });

  it('sends request ids, echoes the client and tells 401s apart', async () => {
    const answer = await graph.send('/me', { headers: { 'client-request-id': 'abc' } });
    expect(answer.headers.get('client-request-id')).toBe('abc');
    expect(answer.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get('date')).toMatch(/GMT$/);
    const bare = await fetch(`${sandbox.url}/v1.0/me`);
    expect(bare.status).toBe(401);
    expect(bare.headers.get('www-authenticate')).toMatch(/^Bearer realm=""/);
    const body = (await bare.json()) as {
      error: { code: string; innerError: Record<string, string> };
    };
    expect(body.error.code).toBe('InvalidAuthenticationToken');
    expect(body.error.innerError['request-id']).toBe(bare.headers.get('request-id'));
  });
});
