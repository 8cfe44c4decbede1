import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MessageInput } from '../../../sandbox/google/control/message-input.ts';
import { startInitialSync } from '../../../src/services/initial-sync/start.ts';
import { backfillOf } from './support/backfill-work.ts';
import {
  afterPage,
  type BackfillWorld,
  mailboxOf,
  startBackfillWorld,
  whenRead,
  whenStored,
} from './support/backfill-world.ts';

let world: BackfillWorld;
beforeAll(async () => {
  world = await startBackfillWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  await world.connect({ provider: 'gmail' });
});

const mailbox = () => world.control.google.mailbox(mailboxOf);
const generate = (label: string | null, count: number) => mailbox().generate({ label, count });
const deliver = async (message: MessageInput) => (await mailbox().deliver([message]))[0]?.id ?? '';
const start = async () => {
  const started = await startInitialSync(world.both.dependencies, {
    member: { userId: world.ana.id, organizationId: world.acme.id },
    provider: 'gmail',
  });
  return started.run.id;
};
/** Ids at Gmail in the year before the run, as the sandbox itself knows them. */
const truth = async () => {
  const [row] = await world.rows<{ from: string }>(
    `select input ->> 'windowFrom' as from from sync_job_queue order by queued_at desc limit 1`,
  );
  const all = await mailbox().messages('in:anywhere -in:drafts -in:spam -in:trash');
  return all
    .filter(({ receivedAt }) => Date.parse(receivedAt) >= Date.parse(row?.from ?? ''))
    .map(({ id }) => id)
    .toSorted();
};

describe('a historical sync of Gmail', () => {
  test('stores every message of the year once, whatever labels it carries, and proves it', async () => {
    await mailbox().createLabel('Projects/Atlas');
    const old = new Date(Date.now() - 366 * 86_400_000).toISOString();
    await deliver({ subject: 'too old', receivedAt: old });
    await generate('INBOX', 250);
    await generate('SENT', 80);
    await generate(null, 40);
    await generate('Projects/Atlas', 30);
    for (const label of ['DRAFT', 'SPAM', 'TRASH']) await generate(label, 5);
    const both = await deliver({
      labels: ['INBOX', 'SENT', 'Projects/Atlas'],
      subject: 'to myself',
    });

    const id = await start();
    expect(await world.finish(id)).toMatchObject({ status: 'completed' });
    expect(await world.stored()).toEqual(await truth());
    expect(await world.result(id)).toMatchObject({
      expected: 401,
      stored: 401,
      missing: [],
      setAside: [],
      repaired: 0,
      extra: 0,
    });
    expect(await world.progress(id)).toEqual({
      status: 'completed',
      total_items: 401,
      processed_count: 401,
      failed_count: 0,
    });
    const [row] = await world.rows('select * from messages where provider_message_id = $1', [both]);
    expect(row).toMatchObject({
      folder: 'All Mail',
      folder_id: 'all',
      labels: ['INBOX', 'Projects/Atlas', 'SENT'],
      direction: 'outbound',
      subject: 'to myself',
    });
    const folders = await world.rows('select name, watermark from mail_folders');
    expect(folders).toEqual([{ name: 'All Mail', watermark: expect.stringMatching(/^\d+$/) }]);
    const written = 'select max(xmin::text::bigint) as last from messages';
    const before = await world.rows(written);
    await world.grant();
    const again = await start();
    expect(await world.finish(again)).toMatchObject({ status: 'completed' });
    expect(await world.rows(written)).toEqual(before);
  }, 60_000);

  test('is right although mail arrives, moves and vanishes while it runs', async () => {
    await generate('INBOX', 240);
    const gone: string[] = [];
    const handler = afterPage(backfillOf(world.accounts), whenStored, async () => {
      const [, second, ...rest] = await mailbox().messages('in:inbox');
      await deliver({ subject: 'arrived' });
      await mailbox().relabel(second?.id ?? '', { remove: ['INBOX'] });
      const [deleted, binned] = rest.slice(-2).map(({ id }) => id);
      await mailbox().delete(deleted ?? '');
      await mailbox().trash(binned ?? '');
      gone.push(deleted ?? '', binned ?? '');
    });
    const id = await start();
    expect(await world.finish(id, handler)).toMatchObject({ status: 'completed' });
    expect(gone).toHaveLength(2);
    const stored = (await world.stored()).filter((one) => !gone.includes(one));
    expect(stored).toEqual(await truth());
    // What was stored before it vanished is told by the history since the watermark.
    const [folder] = await world.rows<{ watermark: string }>('select watermark from mail_folders');
    const [connection] = await world.rows<{ id: string }>(
      `select id from connections where provider_key = 'gmail'`,
    );
    const mail = await world.accounts.openMail({
      organizationId: world.acme.id,
      connectionId: connection?.id ?? '',
    });
    const changes = await mail.changesSince(folder?.watermark ?? '');
    expect(changes.removed.toSorted()).toEqual(gone.toSorted());
  }, 60_000);

  test('sets poison aside, fetches what an audit misses, and ends complete', async () => {
    await generate('INBOX', 120);
    const poison = await deliver({ poison: 'page-error' });
    const broken = await deliver({ poison: 'bad-date' });
    const handler = afterPage(backfillOf(world.accounts), whenRead, () =>
      world.rows('delete from messages where ctid in (select ctid from messages limit 7)'),
    );
    const id = await start();
    expect(await world.finish(id, handler)).toMatchObject({ status: 'completed' });
    const bad = [poison, broken].toSorted();
    expect(await world.stored()).toEqual((await truth()).filter((one) => !bad.includes(one)));
    const result = await world.result(id);
    expect(result).toMatchObject({ missing: [], repaired: 7 });
    expect([...result.setAside].toSorted()).toEqual(bad);
    const items = await world.rows<{ item_key: string; code: string }>(
      'select item_key, code from sync_failed_item order by item_key',
    );
    expect(items.map(({ item_key: key }) => key).toSorted()).toEqual(bad);
  }, 60_000);

  test('stores odd mail: no Message-ID, broken charsets, nested parts, no body, huge headers', async () => {
    const raw = (lines: string[]) => Buffer.from(lines.join('\r\n'), 'latin1').toString('base64');
    const odd = [
      raw(['Subject: no id, no date, no people', '', 'x']),
      raw(['From: a@b.test', 'Content-Type: text/plain; charset=x-none', '', 'caf\xe9']),
      raw(['From: a@b.test', `X-Trace: ${'y'.repeat(5_000_000)}`, 'Subject: huge', '', 'x']),
      raw(['From: =?utf-8?B?broken', 'Subject:', 'Date: never', 'Content-Type: text/html', '', '']),
      raw([
        'Content-Type: multipart/mixed; boundary=A',
        '',
        '--A',
        'Content-Type: multipart/alternative; boundary=B',
        '',
        '--B',
        'Content-Type: text/plain; charset=iso-8859-1',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'Gr=FC=DFe',
        '--B--',
        '--A',
        'Content-Type: message/rfc822',
        '',
        'Subject: inner',
        '',
        'inner body',
        '--A--',
      ]),
    ];
    for (const one of odd) await deliver({ raw: one });
    await deliver({ files: [{ name: 'big.bin', size: 25_000_000 }] });
    const id = await start();
    expect(await world.finish(id)).toMatchObject({ status: 'completed' });
    expect(await world.stored()).toEqual(await truth());
    expect(await world.result(id)).toMatchObject({ expected: 6, stored: 6, setAside: [] });
    const [nested] = await world.rows<{ body_text: string; attachments: { kind: string }[] }>(
      `select body_text, attachments from messages where body_text like 'Gr%'`,
    );
    expect(nested?.body_text).toMatch(/^Grüße/);
    expect(nested?.attachments.map(({ kind }) => kind)).toEqual(['item']);
  }, 60_000);

  test('stops when Google ends the consent, and keeps what it has', async () => {
    await generate('INBOX', 300);
    const handler = afterPage(backfillOf(world.accounts), whenStored, async () => {
      await world.control.google.revokeGrants(mailboxOf);
      await world.rows(
        `update provider_grants set access_expires_at = now() where vendor = 'google'`,
      );
    });
    const id = await start();
    await world.attempt(handler);
    const [connection] = await world.rows(
      `select status from connections where provider_key = 'gmail'`,
    );
    expect(connection).toEqual({ status: 'reconnect_required' });
    expect((await world.stored()).length).toBeGreaterThan(0);
    expect(await world.run(id)).toMatchObject({ errorCode: 'NEEDS_REAUTH' });
  }, 60_000);
});
