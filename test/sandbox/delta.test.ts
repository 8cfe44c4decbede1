import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { emptySeed, graphOf, type Item, immutable } from './support/graph.ts';

const user = 'ana@acme.test';
const inbox = '/me/mailFolders/inbox/messages/delta';
const archive = '/me/mailFolders/archive/messages/delta';

describe('delta of a folder', () => {
  let sandbox: Sandbox;
  let graph: Awaited<ReturnType<typeof graphOf>>;
  let mailbox: ReturnType<Sandbox['control']['microsoft']['mailbox']>;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(async () => {
    await sandbox.control.reset();
    mailbox = sandbox.control.microsoft.mailbox(user);
    await mailbox.generate({
      folder: 'inbox',
      count: 230,
      from: '2026-01-01T00:00:00Z',
      to: '2026-02-01T00:00:00Z',
    });
    graph = await graphOf(sandbox, user);
  });
  afterAll(() => sandbox.close());

  async function round(
    path: string,
    size = 50,
    headers: Record<string, string> = {},
  ): Promise<{ items: Item[]; link: string }> {
    const prefer = ['IdType="ImmutableId"', `odata.maxpagesize=${size}`].join(', ');
    const { items, last } = await graph.all(path, { prefer, ...headers });
    expect(last).not.toHaveProperty('@odata.nextLink');
    return { items, link: last['@odata.deltaLink'] ?? '' };
  }

  it.each([1, 7, 50, 1000])('enumerates all with pages of %i, then nothing', async (size) => {
    const first = await round(`${inbox}?$select=subject`, size);
    expect(new Set(first.items.map((item) => item.id)).size).toBe(230);
    expect(first.items).toHaveLength(230);
    expect(first.link).toMatch(
      /^https:\/\/graph\.microsoft\.com\/v1\.0\/me\/mailFolders\/inbox\/messages\/delta\?%24deltatoken=/,
    );
    expect((await round(first.link, size)).items).toEqual([]);
  });

  it('tells what was added, changed, read, moved and deleted, each once', async () => {
    const { items, link } = await round(inbox);
    const other = await round(archive);
    const [read, edited, moved, deleted, returned] = items.map((item) => item.id);
    const [added] = await mailbox.add('inbox', [{ subject: 'New' }]);
    await mailbox.edit(read ?? '', { isRead: true });
    await mailbox.edit(read ?? '', { isRead: false });
    await mailbox.edit(edited ?? '', { subject: 'Edited' });
    await mailbox.move(moved ?? '', 'archive');
    await mailbox.delete(deleted ?? '', { permanent: true });
    await mailbox.move(returned ?? '', 'archive');
    await mailbox.move(returned ?? '', 'inbox');
    const next = await round(link, 2);
    const byId = new Map(next.items.map((item) => [item.id, item]));
    expect(next.items).toHaveLength(6);
    expect(byId.get(added?.id ?? '')).toMatchObject({ subject: 'New' });
    expect(Object.keys(byId.get(read ?? '') ?? {}).toSorted()).toEqual([
      '@odata.etag',
      '@odata.type',
      'id',
      'isRead',
    ]);
    expect(byId.get(read ?? '')).toMatchObject({ isRead: false });
    expect(byId.get(edited ?? '')).toMatchObject({ subject: 'Edited' });
    const removed = {
      '@odata.type': '#microsoft.graph.message',
      '@removed': { reason: 'deleted' },
    };
    expect(byId.get(moved ?? '')).toEqual({ ...removed, id: moved });
    expect(byId.get(deleted ?? '')).toEqual({ ...removed, id: deleted });
    expect(byId.get(returned ?? '')).toHaveProperty('subject');
    const inArchive = await round(other.link);
    expect(inArchive.items.map((item) => [item.id, '@removed' in item])).toEqual([
      [moved, false],
      [returned, true],
    ]);
    expect((await round(next.link)).items).toEqual([]);
  });

  it('loses nothing when mail moves in the middle of a round', async () => {
    const prefer = { prefer: 'IdType="ImmutableId", odata.maxpagesize=60' };
    const first = await graph.get<{ value: Item[]; '@odata.nextLink': string }>(inbox, prefer);
    const all = await mailbox.messages('inbox');
    await mailbox.move(all[0]?.id ?? '', 'archive');
    const [added] = await mailbox.add('inbox', [
      { subject: 'In between', receivedAt: '2026-01-15T00:00:00Z' },
    ]);
    const rest = await graph.all(first['@odata.nextLink'], prefer);
    const changes = await round(rest.last['@odata.deltaLink'] ?? '');
    const final = new Set([...first.value, ...rest.items].map((item) => item.id));
    for (const item of changes.items) {
      if (item['@removed'] === undefined) final.add(item.id);
      else final.delete(item.id);
    }
    expect(final).toEqual(new Set((await mailbox.messages('inbox')).map((item) => item.id)));
    expect(final).toContain(added?.id);
  });

  it('gives a removal the id that the client knew, when ids follow the place', async () => {
    const plain = { prefer: 'odata.maxpagesize=500' };
    const first = await graph.all(inbox, plain);
    const known = first.items[0]?.id ?? '';
    const moved = await mailbox.move(known, 'archive');
    expect(moved.changingId).not.toBe(known);
    const next = await graph.all(first.last['@odata.deltaLink'] ?? '', plain);
    expect(next.items).toMatchObject([{ id: known, '@removed': { reason: 'deleted' } }]);
    expect((await graph.refused(`/me/messages/${encodeURIComponent(known)}`)).body.error.code).toBe(
      'ErrorItemNotFound',
    );
  });

  it('stops a filtered enumeration at the cap, newest first', async () => {
    await sandbox.control.microsoft.changeSettings({ deltaFilterCap: 100 });
    const filter = encodeURIComponent('receivedDateTime ge 2026-01-05T00:00:00Z');
    const capped = await round(
      `${inbox}?$filter=${filter}&$orderby=receivedDateTime desc&$select=receivedDateTime`,
      30,
    );
    const all = await graph.all(`/me/mailFolders/inbox/messages?$top=100&$select=id`, immutable);
    expect(capped.items.map((item) => item.id)).toEqual(
      all.items.slice(0, 100).map((item) => item.id),
    );
    expect((await round(inbox)).items).toHaveLength(230);
  });

  it('filters by arrival, also later', async () => {
    const day = '2026-01-20T00:00:00Z';
    const first = await round(
      `${inbox}?$filter=${encodeURIComponent(`receivedDateTime ge ${day}`)}`,
    );
    expect(first.items.length).toBeGreaterThan(20);
    expect(first.items.every((item) => item.receivedDateTime >= day)).toBe(true);
    await mailbox.add('inbox', [
      { receivedAt: '2026-01-02T00:00:00Z' },
      { receivedAt: '2026-01-21T00:00:00Z' },
    ]);
    expect((await round(first.link)).items.map((item) => item.receivedDateTime)).toEqual([
      '2026-01-21T00:00:00Z',
    ]);
  });

  it.each([
    ['created', ['New']],
    ['updated', ['Edited']],
    ['deleted', [undefined]],
  ])('follows changeType=%s', async (type, subjects) => {
    const { link, items } = await round(`${inbox}?changeType=${type}&$select=subject`);
    expect(items).toHaveLength(type === 'created' ? 230 : 0);
    const ids = (await mailbox.messages('inbox')).map((message) => message.id);
    await mailbox.add('inbox', [{ subject: 'New' }]);
    await mailbox.edit(ids[0] ?? '', { subject: 'Edited' });
    await mailbox.delete(ids[1] ?? '');
    expect((await round(link)).items.map((item) => item.subject)).toEqual(subjects);
  });

  it.each(['SyncStateNotFound', 'syncStateNotFound', 'resyncRequired'] as const)(
    'ends dead tokens with 410 %s',
    async (code) => {
      await sandbox.control.microsoft.changeSettings({ deltaGone: code });
      const { link } = await round(inbox);
      const other = await round(archive);
      await mailbox.killDeltaTokens('inbox');
      const gone = await graph.refused(link);
      expect({ status: gone.status, code: gone.body.error.code }).toEqual({ status: 410, code });
      expect((await round(other.link)).items).toEqual([]);
      expect((await round(inbox)).items).toHaveLength(230);
    },
  );

  it('can say where to begin afresh, also in the middle of a round', async () => {
    await sandbox.control.microsoft.changeSettings({ deltaGone: 'location' });
    const first = await graph.get<{ '@odata.nextLink': string }>(inbox);
    await mailbox.killDeltaTokens();
    const gone = await graph.refused(first['@odata.nextLink']);
    expect(gone.status).toBe(410);
    expect(gone.headers.get('location')).toBe(`https://graph.microsoft.com/v1.0${inbox}`);
  });

  it('refuses damaged tokens and those of other folders', async () => {
    const { link } = await round(inbox);
    const damaged = await graph.refused(`${link}x`);
    expect([damaged.status, damaged.body.error.code]).toEqual([400, 'InvalidDeltaToken']);
    expect((await graph.refused(link.replace('inbox', 'archive'))).body.error.code).toBe(
      'InvalidDeltaToken',
    );
  });

  it.each([
    '$search="x"',
    '$filter=isRead eq true',
    '$filter=receivedDateTime le 2026-01-01T00:00:00Z',
    '$orderby=subject',
    'changeType=renamed',
  ])('refuses %s', async (query) => {
    expect((await graph.refused(`${inbox}?${query}`)).status).toBe(400);
  });

  it('can shuffle its pages, and answers to delta() too', async () => {
    const ordered = (await round(inbox, 1000)).items.map((item) => item.id);
    await sandbox.control.microsoft.changeSettings({ deltaOrder: 'shuffled' });
    const shuffled = (await round("/me/mailFolders('inbox')/messages/delta()", 1000)).items.map(
      (item) => item.id,
    );
    expect(shuffled).not.toEqual(ordered);
    expect(shuffled.toSorted()).toEqual(ordered.toSorted());
  });
});
