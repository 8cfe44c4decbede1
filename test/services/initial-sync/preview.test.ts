import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { estimate } from '../../../src/services/initial-sync/estimate.ts';
import { previewInitialSync } from '../../../src/services/initial-sync/preview.ts';
import { type BackfillWorld, startBackfillWorld } from './support/backfill-world.ts';

let world: BackfillWorld;
beforeAll(async () => {
  world = await startBackfillWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const preview = (userId = world.ana.id) =>
  previewInitialSync(
    {
      companies: world.both.companies,
      openMailbox: (input) => world.accounts.openMail(input),
      backfillDays: 365,
      clock: () => new Date(),
    },
    {
      member: { userId, organizationId: world.acme.id },
      provider: 'outlook',
      signal: new AbortController().signal,
    },
  );

test('tells what a sync would read, per folder, and uses nothing up', async () => {
  await world.mailbox.generate({ folder: 'inbox', count: 400 });
  await world.mailbox.generate({ folder: 'sentitems', count: 30 });
  await world.mailbox.generate({ folder: 'drafts', count: 5 });
  const old = new Date(Date.now() - 400 * 86_400_000).toISOString();
  await world.mailbox.add('inbox', [{ subject: 'too old', receivedAt: old }]);
  const shown = await preview();
  expect(shown).toMatchObject({ total: 430, provider: 'outlook' });
  expect(shown.folders.slice(0, 2)).toEqual([
    { name: 'Inbox', count: 400 },
    { name: 'Sent Items', count: 30 },
  ]);
  expect(shown.estimate).toEqual({ basis: 'assumed', messagesPerMinute: 24_000, seconds: 2 });
  expect(await world.rows('select id, created_by from sync_preview_cache')).toEqual([
    { id: shown.id, created_by: world.ana.id },
  ]);
  const { run } = await world.start();
  await world.finish(run.id);
  expect(await world.result(run.id)).toMatchObject({ expected: shown.total });
});

test('estimates from what earlier syncs took', async () => {
  await world.mailbox.generate({ folder: 'inbox', count: 1200 });
  const { run } = await world.start();
  await world.finish(run.id);
  const { estimate: told } = await preview();
  expect(told.basis).toBe('measured');
  const [took] = await world.rows<{ seconds: number }>(
    'select elapsed_seconds as seconds from sync_progress where sync_id = $1',
    [run.id],
  );
  expect(Math.abs(told.seconds - (took?.seconds ?? 0))).toBeLessThanOrEqual(1.5);
});

test('never promises more than the provider allows', () => {
  expect(estimate('gmail', 50_000, 90_000)).toEqual({
    basis: 'measured',
    messagesPerMinute: 300,
    seconds: 10_000,
  });
  expect(estimate('outlook', 0, null).seconds).toBe(0);
});

test('is refused without a connection', async () => {
  await expect(preview(world.acme.members.ben.id)).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  await world.rows(`update connections set status = 'reconnect_required'`);
  await expect(preview()).rejects.toMatchObject({ code: 'RECONNECT_REQUIRED' });
});
