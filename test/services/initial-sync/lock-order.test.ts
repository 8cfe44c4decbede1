import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { guardConnection } from '../../../src/services/mail/guard-connection.ts';
import { lockRun } from '../../../src/services/sync/lock-run.ts';
import { withOwner } from '../../support/database.ts';
import { type BackfillWorld, startBackfillWorld } from './support/backfill-world.ts';

let world: BackfillWorld;
beforeAll(async () => {
  world = await startBackfillWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

/** Statements that wait for a lock which another transaction holds. */
const waiting = (): Promise<number> =>
  withOwner(world.databases.companyUrl, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows[0]?.count ?? 0;
  });

/**
 * A page locks its run, then the connection. A disconnect that came between the two and locked them
 * the other way round would wait for the page while the page waits for it.
 */
test('a disconnect between a page’s two locks waits for the page, and the page for nobody', async () => {
  const { run } = await world.start();
  const [connection] = await world.rows<{ id: string }>('select id from connections');
  const connectionId = connection?.id ?? '';
  let waited = Number.POSITIVE_INFINITY;
  let disconnected: Promise<unknown> = Promise.resolve();
  await world.inside(async (tx) => {
    await lockRun(tx, world.acme.id, run.id);
    disconnected = world.accounts.disconnectProvider({
      organizationId: world.acme.id,
      userId: world.ana.id,
      connectionId,
      keepMail: true,
    });
    while ((await waiting()) === 0) await delay(5);
    const asked = performance.now();
    await guardConnection(tx, world.acme.id, connectionId, null);
    waited = performance.now() - asked;
  });
  await disconnected;
  // PostgreSQL notices a deadlock after a second, and whoever it ends tries again unseen.
  expect(waited).toBeLessThan(500);
  expect(await world.run(run.id)).toMatchObject({ status: 'cancelled' });
  expect(await world.rows('select status from connections')).toEqual([{ status: 'disconnected' }]);
});
