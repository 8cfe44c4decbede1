import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FaultRuleInput } from '../../../sandbox/core/fault-rule.ts';
import type { Sql } from '../../../src/database/sql.ts';
import { cancelRun, pauseRun, resumeRun, retryRun } from '../../../src/services/sync/control.ts';
import { type RunHandler, runHandlers } from '../../../src/services/sync/run-handler.ts';
import { withOwner } from '../../support/database.ts';
import { backfillOf } from './support/backfill-work.ts';
import {
  afterPage,
  type BackfillWorld,
  complete,
  startBackfillWorld,
  whenRead,
  whenStored,
} from './support/backfill-world.ts';

let world: BackfillWorld;
beforeAll(async () => {
  world = await startBackfillWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const generate = (count: number, folder = 'inbox') => world.mailbox.generate({ folder, count });
/** Lists of messages with bodies, which the backfill reads; not those of ids alone. */
const pages = { path: '/mailFolders/[^/]+/messages$', query: 'select=id,changeKey' };
const fault = (rule: FaultRuleInput) => world.control.faults.add(rule);
const run = async () => {
  const { run: started } = await world.start();
  return world.finish(started.id);
};

describe('passing faults of the provider lose and double nothing', () => {
  const faults: [string, FaultRuleInput['action']][] = [
    ['429 with seconds', { type: 'throttle', seconds: 1 }],
    ['429 with a date', { type: 'throttle', retryAfter: 'date', seconds: 1 }],
    ['503', { type: 'status', status: 503 }],
    ['a page cut in the middle', { type: 'truncate' }],
    ['JSON that ends early', { type: 'truncate', declareFullLength: false }],
    ['HTML instead of JSON', { type: 'html' }],
    ['null instead of a page', { type: 'null' }],
    ['a reset connection', { type: 'reset' }],
    ['an empty page with a link', { type: 'empty-page' }],
    ['items that come twice', { type: 'repeat-items', count: 10 }],
  ];
  test.each(faults)('%s', async (_name, action) => {
    await generate(350);
    await fault({ match: pages, after: 1, times: 2, action });
    expect(await run()).toMatchObject({ status: 'completed' });
    expect(await world.compare()).toEqual(complete);
  });

  test('a wait that the provider asks for is shown while it lasts', async () => {
    await generate(50);
    await fault({ match: pages, times: 1, action: { type: 'throttle', seconds: 2 } });
    const { run: started } = await world.start();
    const finished = world.finish(started.id);
    let shown: string | null = null;
    while (shown === null) shown = (await world.run(started.id)).waitingReason;
    expect(shown).not.toBe('');
    expect(await finished).toMatchObject({ status: 'completed', waitingReason: null });
  });

  test('an access token that expires in the middle is refreshed once', async () => {
    await generate(350);
    const { run: started } = await world.start();
    const before = await world.tokenCalls();
    const handler = afterPage(
      backfillOf(world.accounts),
      (_, page) => page === 3,
      () => world.control.microsoft.expireAccessTokens('ana@acme.test'),
    );
    expect(await world.finish(started.id, handler)).toMatchObject({ status: 'completed' });
    expect(await world.compare()).toEqual(complete);
    expect((await world.tokenCalls()) - before).toBe(1);
  });

  test('a lost cursor goes on from the oldest stored message', async () => {
    await generate(350);
    await fault({
      match: { ...pages, query: 'skip' },
      after: 1,
      times: 1,
      action: { type: 'status', status: 410, body: { error: { code: 'SyncStateNotFound' } } },
    });
    expect(await run()).toMatchObject({ status: 'completed' });
    expect(await world.compare()).toEqual(complete);
  });

  test('the limits of Outlook are kept: four requests at a time, no throttling', async () => {
    await world.control.microsoft.changeSettings({ throttle: 'real' });
    await generate(3000);
    await world.control.requests.clear();
    expect(await run()).toMatchObject({ status: 'completed' });
    const { peakConcurrency } = await world.control.requests.counters();
    expect(Math.max(...Object.values(peakConcurrency))).toBeLessThanOrEqual(4);
    const refused = (await world.control.requests.read({})).filter(({ status }) => status === 429);
    expect(refused).toEqual([]);
    expect(await world.compare()).toEqual(complete);
  });
});

describe('one poisonous message', () => {
  const kinds = ['bad-date', 'null-date', 'wrong-types', 'page-error'] as const;
  test.each(kinds)('%s: it is set aside by its id, everything else is stored', async (poison) => {
    await generate(150);
    const [bad] = await world.mailbox.add('inbox', [{ subject: 'bad', poison }]);
    expect(await run()).toMatchObject({ status: 'completed' });
    expect(await world.compare()).toEqual({ ...complete, lost: [bad?.id] });
    const [item] = await world.rows('select item_key, code, message from sync_failed_item');
    expect(item).toMatchObject({ item_key: bad?.id });
    const [{ id } = { id: '' }] = await world.rows<{ id: string }>('select id from sync_job_queue');
    expect(await world.result(id)).toMatchObject({
      expected: 151,
      stored: 150,
      setAside: [bad?.id],
      missing: [],
    });
    expect(await world.progress(id)).toMatchObject({
      total_items: 151,
      processed_count: 151,
      failed_count: 1,
    });
  });

  test.each(['nul-subject', 'lone-surrogate'] as const)(
    '%s is cleaned and stored',
    async (poison) => {
      await generate(20);
      await world.mailbox.add('inbox', [{ subject: 'odd', poison }]);
      expect(await run()).toMatchObject({ status: 'completed' });
      expect(await world.compare()).toEqual(complete);
    },
  );

  test('one that the database refuses does not take its page along', async () => {
    await generate(150);
    const [bad] = await world.mailbox.add('inbox', [{ subject: 'refuse me' }]);
    await withOwner(world.databases.companyUrl, (client) =>
      client.query(`alter table messages add constraint refusal check (subject <> 'refuse me')`),
    );
    try {
      expect(await run()).toMatchObject({ status: 'completed' });
      expect(await world.compare()).toEqual({ ...complete, lost: [bad?.id] });
      expect(await world.rows('select item_key from sync_failed_item')).toEqual([
        { item_key: bad?.id },
      ]);
    } finally {
      await withOwner(world.databases.companyUrl, (client) =>
        client.query('alter table messages drop constraint refusal'),
      );
    }
  });
});

describe('what ends a run', () => {
  const connection = async () => (await world.rows('select * from connections'))[0];

  test('failing before anything was stored gives the right back, once, and says so', async () => {
    await generate(10);
    await fault({ match: { path: '/messages$' }, action: { type: 'status', status: 403 } });
    const { run: started } = await world.start();
    expect(await world.finish(started.id)).toMatchObject({ status: 'failed' });
    expect(await connection()).toMatchObject({ can_manual_sync: true, sync_lock_reason: null });
    const told = await world.rows<{ body: string }>(
      `select body from notifications where kind = 'initial_sync_failed'`,
    );
    expect(told).toHaveLength(1);
    expect(told[0]?.body).toContain('you may start it again');
  });

  test('a consent that ended is told once, by the notice to reconnect', async () => {
    await generate(10);
    await world.control.microsoft.revokeGrants('ana@acme.test', { accessTokens: true });
    const { run: started } = await world.start();
    expect(await world.finish(started.id)).toMatchObject({
      status: 'failed',
      errorCode: 'NEEDS_REAUTH',
    });
    expect(await world.rows('select kind from notifications')).toEqual([
      { kind: 'reconnect_required' },
    ]);
    expect(await world.rows('select 1 as one from mail_outbox')).toHaveLength(1);
    expect(await connection()).toMatchObject({
      can_manual_sync: true,
      status: 'reconnect_required',
    });
  });

  test('failing later keeps the lock; the retry goes on from there and needs no right', async () => {
    await generate(350);
    const rule = await fault({
      match: { ...pages, query: 'skip' },
      after: 1,
      action: { type: 'status', status: 403 },
    });
    const { run: started } = await world.start();
    expect(await world.finish(started.id)).toMatchObject({ status: 'failed' });
    const { length } = await world.stored();
    expect(length).toBeGreaterThan(0);
    expect(await connection()).toMatchObject({ can_manual_sync: false });
    await world.control.faults.clear(rule);
    const handler = backfillOf(world.accounts);
    await world.inside((tx) =>
      retryRun(tx, runHandlers([handler as RunHandler<unknown>]), {
        organizationId: world.acme.id,
        runId: started.id,
      }),
    );
    expect(await world.finish(started.id)).toMatchObject({ status: 'completed' });
    expect(await world.compare()).toEqual(complete);
  });

  test('paused and resumed it goes on; cancelled it ends and keeps its rows', async () => {
    await generate(800);
    const { run: started } = await world.start();
    const handler = backfillOf(world.accounts);
    const handlers = runHandlers([handler as RunHandler<unknown>]);
    const request = { organizationId: world.acme.id, runId: started.id };
    const once = (happen: (tx: Sql) => Promise<unknown>) =>
      afterPage(handler, whenStored, () => world.inside(happen));
    await world.attempt(once((tx) => pauseRun(tx, handlers, request)));
    expect(await world.run(started.id)).toMatchObject({ status: 'paused' });
    const { length: paused } = await world.stored();
    expect(paused).toBeGreaterThan(0);
    await world.inside((tx) => resumeRun(tx, handlers, request));
    await world.attempt(once((tx) => cancelRun(tx, handlers, request)));
    expect(await world.run(started.id)).toMatchObject({ status: 'cancelled' });
    expect((await world.stored()).length).toBeGreaterThanOrEqual(paused);
    expect(await connection()).toMatchObject({ can_manual_sync: false });
    expect(await world.rows('select 1 from notifications')).toEqual([]);
  });

  test('a disconnect in the middle: no row comes after it', async () => {
    await generate(800);
    const { run: started } = await world.start();
    let atDisconnect = -1;
    const handler = afterPage(backfillOf(world.accounts), whenStored, async () => {
      const { id } = (await connection()) as { id: string };
      await world.accounts.disconnectProvider({
        organizationId: world.acme.id,
        userId: world.ana.id,
        connectionId: id,
        keepMail: true,
      });
      atDisconnect = (await world.stored()).length;
    });
    const ended = await world.finish(started.id, handler);
    expect(['failed', 'cancelled']).toContain(ended.status);
    expect(atDisconnect).toBeGreaterThan(0);
    expect(await world.stored()).toHaveLength(atDisconnect);
  });

  const leavings = [
    ['is deactivated', 'update user_profiles set is_active = false where user_id = $1'],
    ['has left the organisation', 'delete from user_organizations where user_id = $1'],
  ] as const;
  test.each(leavings)('a member who %s stops it at the next page', async (_name, leave) => {
    await generate(800);
    const { run: started } = await world.start();
    let atLeaving = -1;
    const handler = afterPage(backfillOf(world.accounts), whenStored, async () => {
      await world.rows(leave, [world.ana.id]);
      atLeaving = (await world.stored()).length;
    });
    expect(await world.finish(started.id, handler)).toMatchObject({
      status: 'failed',
      errorCode: 'FORBIDDEN',
    });
    expect(await world.stored()).toHaveLength(atLeaving);
    expect(await world.rows('select 1 from mail_outbox')).toEqual([]);
    await world.rows('update user_profiles set is_active = true where user_id = $1', [
      world.ana.id,
    ]);
    await world.rows(
      `insert into user_organizations (user_id, organization_id) values ($1, $2)
       on conflict do nothing`,
      [world.ana.id, world.acme.id],
    );
  });

  test('another account behind the connection is refused', async () => {
    await generate(300);
    const { run: started } = await world.start();
    const handler = afterPage(backfillOf(world.accounts), whenRead, () =>
      world.rows(`update connections set account_subject = 'somebody else'`),
    );
    expect(await world.finish(started.id, handler)).toMatchObject({
      status: 'failed',
      errorCode: 'FORBIDDEN',
    });
  });
});
