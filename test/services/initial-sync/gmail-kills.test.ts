import { env } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startInitialSync } from '../../../src/services/initial-sync/start.ts';
import { type BackfillWorld, mailboxOf, startBackfillWorld } from './support/backfill-world.ts';
import { kill, startWorker, untilBusy } from './support/worker-process.ts';

/** LOCKSTEP_FULL=1: 20,000 messages and 20 kills. */
const full = env['LOCKSTEP_FULL'] === '1';
const messages = full ? 20_000 : 2_000;
const kills = full ? 20 : 5;

let world: BackfillWorld;
beforeAll(async () => {
  world = await startBackfillWorld();
});
afterAll(() => world.close());

test(
  `${messages} messages of Gmail survive ${kills} kills -9, a poisonous message, throttled parts, cut pages and expired tokens`,
  async () => {
    await world.reset();
    await world.connect({ provider: 'gmail' });
    const { google, faults } = world.control;
    await google.changeSettings({ pageSize: full ? null : 25 });
    const mailbox = google.mailbox(mailboxOf);
    await mailbox.generate({ count: messages - 1 });
    const [poison] = await mailbox.deliver([{ poison: 'page-error' }]);
    await faults.add({
      match: { path: '/messages/\\w+$' },
      probability: 0.002,
      action: { type: 'throttle', seconds: 0 },
    });
    await faults.add({
      match: { path: '^/batch$' },
      probability: 0.02,
      action: { type: 'truncate' },
    });

    const { run } = await startInitialSync(world.both.dependencies, {
      member: { userId: world.ana.id, organizationId: world.acme.id },
      provider: 'gmail',
    });
    let killed = 0;
    for (; killed < kills; killed += 1) {
      const worker = startWorker(world);
      const busy = await untilBusy(world, run.id, 2 + Math.floor(Math.random() * 6));
      await delay(Math.random() * 60);
      await kill(worker);
      if (!busy) break;
      if (killed % 3 === 1) await google.expireAccessTokens(mailboxOf);
    }
    const last = startWorker(world);
    const started = performance.now();
    while ((await world.run(run.id)).status !== 'completed') {
      expect(performance.now() - started).toBeLessThan(full ? 900_000 : 120_000);
      await delay(100);
    }
    await kill(last);

    expect(killed).toBe(kills);
    const listed = (await mailbox.messages()).map(({ id }) => id).toSorted();
    expect(await world.stored()).toEqual(listed.filter((id) => id !== poison?.id));
    expect(await world.result(run.id)).toMatchObject({
      expected: messages,
      stored: messages - 1,
      setAside: [poison?.id],
      missing: [],
      extra: 0,
    });
    expect(await world.progress(run.id)).toEqual({
      status: 'completed',
      total_items: messages,
      processed_count: messages,
      failed_count: 1,
    });
    // Constant memory: 400 MB is the limit of a worker.
    expect(Math.max(0, ...last.rss)).toBeLessThan(400_000_000);
  },
  full ? 1_800_000 : 240_000,
);
