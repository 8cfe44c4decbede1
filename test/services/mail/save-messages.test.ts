import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MailMessage } from '../../../src/providers/contract.ts';
import { findCounted } from '../../../src/services/mail/find-counted.ts';
import { findMissing } from '../../../src/services/mail/find-missing.ts';
import { findUnstorable } from '../../../src/services/mail/find-unstorable.ts';
import { markDeleted } from '../../../src/services/mail/mark-deleted.ts';
import { type MessageRow, messageRow } from '../../../src/services/mail/message-row.ts';
import { type MessageOwner, saveMessages } from '../../../src/services/mail/save-messages.ts';
import { createStartFixture, type StartFixture } from '../initial-sync/support/start-fixture.ts';

let fixture: StartFixture;
let owner: MessageOwner;
beforeAll(async () => {
  fixture = await createStartFixture();
  const { ana } = fixture.acme.members;
  const connectionId = await fixture.connect(ana);
  const { run } = await fixture.start(ana);
  owner = { organizationId: fixture.acme.id, connectionId, userId: ana.id, runId: run.id };
});
afterAll(() => fixture.close());
beforeEach(() => fixture.rows('delete from messages'));

const message = (id: string, change: Partial<MailMessage> = {}): MailMessage => ({
  id,
  internetMessageId: `<${id}@else.test>`,
  threadId: 't',
  folderId: 'f',
  labels: ['red', 'a "quoted", {odd} one'],
  direction: 'inbound',
  from: { address: 'zoe@else.test', name: 'Zoë' },
  to: [{ address: 'ana@acme.test', name: null }],
  cc: [],
  bcc: [],
  subject: "It's \u{1F44B} \\ and \n newline",
  snippet: null,
  sentAt: null,
  receivedAt: new Date('2026-05-04T10:00:00.123Z'),
  bodyText: 'text',
  bodyHtml: null,
  isRead: true,
  hasAttachments: true,
  attachments: [
    {
      id: 'a',
      kind: 'file',
      name: 'x.pdf',
      contentType: null,
      sizeBytes: 5_000_000_000,
      isInline: false,
    },
  ],
  sizeBytes: 5_000_000_000,
  changeKey: 'c1',
  notes: [],
  ...change,
});
const row = (id: string, change?: Partial<MailMessage>) => messageRow(message(id, change), 'Inbox');
const inside = <T>(work: Parameters<typeof fixture.company.transaction<T>>[1]) =>
  fixture.company.transaction({ role: 'service_role', organizationId: owner.organizationId }, work);
const save = (rows: readonly MessageRow[], by = owner) =>
  inside((tx) => saveMessages(tx, by, rows));

describe('saving messages', () => {
  test('keeps every value as it came', async () => {
    expect(await save([row('m1')])).toEqual({ inserted: 1, updated: 0 });
    const [stored] = await fixture.rows('select * from messages');
    expect(stored).toMatchObject({
      provider_message_id: 'm1',
      internet_message_id: '<m1@else.test>',
      folder: 'Inbox',
      labels: ['red', 'a "quoted", {odd} one'],
      from_name: 'Zoë',
      to_recipients: [{ address: 'ana@acme.test', name: null }],
      subject: "It's \u{1F44B} \\ and \n newline",
      sent_at: null,
      received_at: new Date('2026-05-04T10:00:00.123Z'),
      is_read: true,
      attachments: [{ id: 'a', name: 'x.pdf', sizeBytes: 5_000_000_000 }],
      size_bytes: 5_000_000_000,
      run_id: owner.runId,
    });
  });

  test('writes nothing for what is unchanged, and all columns of what changed', async () => {
    await save([row('m1'), row('m2')]);
    const versions = () =>
      fixture.rows('select provider_message_id, xmin::text from messages order by 1');
    const before = await versions();
    expect(await save([row('m1'), row('m2')])).toEqual({ inserted: 0, updated: 0 });
    expect(await versions()).toEqual(before);
    expect(await save([row('m1'), row('m2', { isRead: false }), row('m3')])).toEqual({
      inserted: 1,
      updated: 1,
    });
    expect((await versions())[0]).toEqual(before[0]);
    const [changed] = await fixture.rows(
      `select is_read from messages where provider_message_id = 'm2'`,
    );
    expect(changed).toEqual({ is_read: false });
  });

  test('every stored value takes part in the hash', () => {
    const { content_hash } = row('m1');
    const changes: Partial<MailMessage>[] = [
      { subject: 'other' },
      { folderId: 'g' },
      { labels: [] },
      { bodyText: null },
      { receivedAt: new Date(0) },
      { bcc: [{ address: 'x@y.test', name: null }] },
      { attachments: [] },
      { changeKey: null },
    ];
    const hashes = changes.map((change) => row('m1', change).content_hash);
    expect(new Set([content_hash, ...hashes]).size).toBe(changes.length + 1);
    expect(messageRow(message('m1'), 'Renamed').content_hash).not.toBe(content_hash);
    expect(row('m1').content_hash).toBe(content_hash);
  });
});

describe('comparing with the provider', () => {
  test('tells missing, set aside and counted apart', async () => {
    await save([row('m1')]);
    await save([row('m2')], { ...owner, runId: '00000000-0000-4000-8000-000000000000' });
    await inside((tx) =>
      tx.query(
        `insert into sync_failed_item (org_id, run_id, item_key, code, message)
         values ($1, $2, 'bad', 'ITEM_INVALID', '')`,
        [owner.organizationId, owner.runId],
      ),
    );
    const ids = ['m1', 'm2', 'm3', 'bad'];
    expect(await inside((tx) => findMissing(tx, owner, ids))).toEqual({
      missing: ['m3'],
      setAside: ['bad'],
    });
    expect(await inside((tx) => findCounted(tx, owner, ids))).toEqual(new Set(['m1', 'bad']));
  });
});

describe('rows that the database refuses', () => {
  test('are found among a hundred, and trying stores nothing', async () => {
    const rows = Array.from({ length: 100 }, (_, n) =>
      n === 17 || n === 63 ? { ...row(`m${n}`), direction: 'sideways' } : row(`m${n}`),
    );
    const refused = await findUnstorable(fixture.company, owner, rows);
    expect(refused.map((one) => one.provider_message_id)).toEqual(['m17', 'm63']);
    expect(await fixture.rows('select 1 from messages')).toEqual([]);
  });

  test('a fault that no row causes is not blamed on one', async () => {
    const elsewhere = { ...owner, connectionId: '00000000-0000-4000-8000-000000000000' };
    await expect(findUnstorable(fixture.company, elsewhere, [row('m1')])).rejects.toThrow();
  });
});

describe('messages that left the mailbox', () => {
  const seenByAna = () =>
    fixture.company.query<{ id: string }>(
      { role: 'authenticated', userId: owner.userId },
      'select provider_message_id as id from messages order by 1',
    );
  const mark = (ids: readonly string[]) => inside((tx) => markDeleted(tx, owner, ids));

  test('stay for the record, out of sight of requests', async () => {
    await save([row('m1'), row('m2')]);
    expect(await mark(['m1', 'unknown'])).toBe(1);
    expect(await mark(['m1'])).toBe(0);
    expect(await seenByAna()).toEqual([{ id: 'm2' }]);
    expect(await fixture.rows('select subject from messages')).toHaveLength(2);
    expect(await inside((tx) => findMissing(tx, owner, ['m1', 'm2']))).toMatchObject({
      missing: ['m1'],
    });
  });

  test('come back when they do, unchanged ones too', async () => {
    await save([row('m1')]);
    await mark(['m1']);
    expect(await save([row('m1')])).toEqual({ inserted: 0, updated: 1 });
    expect(await seenByAna()).toEqual([{ id: 'm1' }]);
    expect(await save([row('m1')])).toEqual({ inserted: 0, updated: 0 });
  });
});
