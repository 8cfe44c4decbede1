import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { backfillOf } from './support/backfill-work.ts';
import {
  afterPage,
  type BackfillWorld,
  complete,
  startBackfillWorld,
  whenRead,
} from './support/backfill-world.ts';

let world: BackfillWorld;
beforeAll(async () => {
  world = await startBackfillWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const generate = (folder: string, count: number) => world.mailbox.generate({ folder, count });

describe('a historical sync', () => {
  test('stores every message of the year in every folder that takes part, and proves it', async () => {
    await world.mailbox.createFolder({ name: 'Projects' });
    await world.mailbox.createFolder({ name: 'Atlas', parent: 'Projects' });
    await world.mailbox.createFolder({ name: 'Secret', hidden: true });
    const old = new Date(Date.now() - 366 * 86_400_000).toISOString();
    await world.mailbox.add('inbox', [{ subject: 'too old', receivedAt: old }]);
    await generate('inbox', 400);
    await generate('sentitems', 120);
    await generate('Projects/Atlas', 30);
    for (const folder of ['drafts', 'junkemail', 'deleteditems', 'Secret'])
      await generate(folder, 5);

    const { run } = await world.start();
    expect(await world.finish(run.id)).toMatchObject({ status: 'completed' });
    expect(await world.compare(['inbox', 'sentitems', 'Projects/Atlas'])).toEqual(complete);
    expect(await world.result(run.id)).toMatchObject({
      expected: 550,
      stored: 550,
      missing: [],
      setAside: [],
      repaired: 0,
      extra: 0,
    });
    expect(await world.progress(run.id)).toEqual({
      status: 'completed',
      total_items: 550,
      processed_count: 550,
      failed_count: 0,
    });
  });

  test('keeps direction, people, times, body and folder as the provider has them', async () => {
    const person = { name: 'Zoë', address: 'zoe@else.test' };
    const receivedAt = new Date(Date.now() - 3_600_000).toISOString();
    await world.mailbox.add('inbox', [
      {
        subject: 'Hello \u{1F44B}',
        body: { contentType: 'html', content: '<p>Grüße</p>' },
        from: person,
        to: [{ name: 'Ana', address: 'ana@acme.test' }],
        cc: [person],
        receivedAt,
        isRead: true,
      },
    ]);
    await world.mailbox.add('sentitems', [{ subject: 'mine', receivedAt }]);
    const { run } = await world.start();
    await world.finish(run.id);
    const rows = await world.rows('select * from messages order by folder');
    expect(rows).toMatchObject([
      {
        folder: 'Inbox',
        direction: 'inbound',
        subject: 'Hello \u{1F44B}',
        from_address: 'zoe@else.test',
        from_name: 'Zoë',
        to_recipients: [{ name: 'Ana', address: 'ana@acme.test' }],
        cc_recipients: [person],
        body_html: '<p>Grüße</p>',
        body_text: null,
        is_read: true,
        received_at: new Date(Math.floor(Date.parse(receivedAt) / 1000) * 1000),
        org_id: world.acme.id,
        user_id: world.ana.id,
        run_id: run.id,
      },
      { folder: 'Sent Items', direction: 'outbound', subject: 'mine' },
    ]);
  });

  test('takes each watermark before the first page, so nothing falls between it and following', async () => {
    await generate('inbox', 50);
    const { run } = await world.start();
    let late = '';
    const handler = afterPage(
      backfillOf(world.accounts),
      (_, page) => page === 3,
      async () => {
        const [added] = await world.mailbox.add('inbox', [{ subject: 'late' }]);
        late = added?.id ?? '';
      },
    );
    await world.finish(run.id, handler);
    const [inbox] = await world.rows<{ watermark: string }>(
      `select watermark from mail_folders where well_known = 'inbox'`,
    );
    const link = new URL(inbox?.watermark ?? '');
    const token = await world.control.microsoft.issueTokens({
      user: 'ana@acme.test',
      scopes: ['Mail.Read'],
    });
    const answer = await fetch(`${world.sandbox.url}${link.pathname}${link.search}`, {
      headers: {
        authorization: `Bearer ${token.access_token}`,
        prefer: 'IdType="ImmutableId"',
      },
    });
    const changes = (await answer.json()) as { value: { id: string }[] };
    expect(changes.value.map(({ id }) => id)).toContain(late);
    expect(await world.compare()).toEqual(complete);
  });

  test('ends with the connection marked, one notification and one mail, in one transaction', async () => {
    await generate('inbox', 20);
    const { run } = await world.start();
    await world.finish(run.id);
    const [connection] = await world.rows('select * from connections');
    expect(connection).toMatchObject({
      can_manual_sync: false,
      initial_sync_completed: true,
      initial_sync_completed_at: expect.any(Date),
    });
    expect(await world.rows('select user_id, kind, title, body, data from notifications')).toEqual([
      {
        user_id: world.ana.id,
        kind: 'initial_sync_completed',
        title: 'Your Outlook mail has been read',
        body: '20 messages stored; every one was compared with the provider.',
        data: { syncRunId: run.id, provider: 'outlook', processed: 20, failed: 0 },
      },
    ]);
    expect(await world.rows('select to_address, subject, sent_at from mail_outbox')).toEqual([
      { to_address: 'ana@acme.test', subject: 'Your Outlook mail has been read', sent_at: null },
    ]);
    const [audited] = await world.rows<{ message: string }>(
      `select message from sync_activity_log where action = 'audited' and sync_id = $1`,
      [run.id],
    );
    expect(audited?.message).toBe(
      'Compared with the provider: 20 expected, 20 stored, 0 set aside, 0 missing.',
    );
  });

  test('an empty mailbox completes with nothing', async () => {
    const { run } = await world.start();
    expect(await world.finish(run.id)).toMatchObject({ status: 'completed' });
    expect(await world.result(run.id)).toMatchObject({ expected: 0, stored: 0 });
  });
});

describe('doing it again', () => {
  test('with an override writes no row', async () => {
    await generate('inbox', 300);
    const first = await world.start();
    await world.finish(first.run.id);
    const before = await world.rows('select id, xmin::text, updated_at from messages order by id');
    await world.grant();
    const second = await world.start();
    expect(second.run.usesOverride).toBe(true);
    expect(await world.finish(second.run.id)).toMatchObject({ status: 'completed' });
    expect(await world.rows('select id, xmin::text, updated_at from messages order by id')).toEqual(
      before,
    );
    expect(await world.progress(second.run.id)).toMatchObject({
      total_items: 300,
      processed_count: 300,
    });
  });

  test('changed messages are updated, and only those', async () => {
    await generate('inbox', 50);
    const first = await world.start();
    await world.finish(first.run.id);
    const [id] = await world.truth();
    await world.mailbox.edit(id ?? '', { subject: 'changed' });
    await world.grant();
    const second = await world.start();
    await world.finish(second.run.id);
    expect(
      await world.rows('select subject from messages where run_id = $1', [second.run.id]),
    ).toEqual([{ subject: 'changed' }]);
  });
});

describe('the completeness audit', () => {
  test('finds and repairs a row that went missing, and says so', async () => {
    await generate('inbox', 250);
    const { run } = await world.start();
    const handler = afterPage(backfillOf(world.accounts), whenRead, () =>
      world.rows(
        'delete from messages where id in (select id from messages order by received_at limit 3)',
      ),
    );
    await world.finish(run.id, handler);
    expect(await world.compare()).toEqual(complete);
    expect(await world.result(run.id)).toMatchObject({ repaired: 3, missing: [], stored: 250 });
  });

  test('counts what is stored but gone at the provider as extra', async () => {
    await generate('inbox', 30);
    const { run } = await world.start();
    const [gone] = await world.truth();
    const handler = afterPage(backfillOf(world.accounts), whenRead, () =>
      world.mailbox.delete(gone ?? '', { permanent: true }),
    );
    await world.finish(run.id, handler);
    expect(await world.result(run.id)).toMatchObject({ expected: 29, stored: 30, extra: 1 });
  });
});
