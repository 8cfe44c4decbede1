import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FaultRuleInput } from '../../../sandbox/core/fault-rule.ts';
import type { Sql } from '../../../src/database/sql.ts';
import { cancelRun, pauseRun, resumeRun, retryRun } from '../../../src/services/sync/control.ts';
import { type RunHandler, runHandlers } from '../../../src/services/sync/run-handler.ts';
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

  test('a disconnect at any moment of a page: no row comes after it', async () => {
    for (let round = 0; round < 6; round += 1) {
      await world.reset();
      await generate(1500);
      const { run: started } = await world.start();
      const finished = world.finish(started.id);
      while ((await world.stored()).length === 0) await delay(2);
      await delay(round * 7);
      const { id } = (await connection()) as { id: string };
      await world.accounts.disconnectProvider({
        organizationId: world.acme.id,
        userId: world.ana.id,
        connectionId: id,
        keepMail: true,
      });
      const { length } = await world.stored();
      expect(['failed', 'cancelled', 'completed']).toContain((await finished).status);
      expect(await world.stored()).toHaveLength(length);
    }
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
