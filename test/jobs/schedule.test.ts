import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineSchedules, type Schedule, Scheduler } from '../../src/jobs/schedule.ts';
import { sleep } from '../../src/lib/sleep.ts';
import { claimTick } from '../../src/services/sync/claim-tick.ts';
import { createEngine, type Engine, silentLog } from '../services/sync/support/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const everySecond: Schedule = {
  name: 'every-second',
  cron: '* * * * * *',
  job: 'maintenance.previews',
};

const scheduler = (schedules: readonly Schedule[], databases = [engine.company]) =>
  new Scheduler({ schedules, databases: async () => databases, log: silentLog });

const jobs = async (name: string) =>
  (
    await engine.one<{ count: number }>(
      'select count(*)::int as count from pgboss.job where name = $1',
      [name],
    )
  ).count;

/** Takes waiting jobs as a worker would, so that the next tick's job is not a duplicate. */
const finishJobs = () =>
  engine.company.query(
    engine.everywhere,
    `update pgboss.job set state = 'completed' where state = 'created'`,
  );

describe('claimTick', () => {
  const tick = {
    name: 'probe',
    cron: '0 * * * *',
    timeZone: 'UTC',
    minimumGapSeconds: 60,
    nextInSeconds: 3600,
  };
  const claim = (overrides = {}) =>
    engine.company.transaction(engine.everywhere, (tx) => claimTick(tx, { ...tick, ...overrides }));

  it('gives one tick to one of many processes', async () => {
    const claims = await Promise.all(Array.from({ length: 10 }, () => claim()));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await claim({ minimumGapSeconds: 0 })).toBe(true);
  });

  it('gives no tick while the schedule is disabled', async () => {
    await claim({ name: 'disabled' });
    await engine.company.query(
      engine.everywhere,
      `update sync_schedule set enabled = false where name = 'disabled'`,
    );
    expect(await claim({ name: 'disabled', minimumGapSeconds: 0 })).toBe(false);
  });
});

describe('Scheduler', () => {
  it('enqueues each tick once, however many processes fire', async () => {
    const processes = [
      scheduler([everySecond]),
      scheduler([everySecond]),
      scheduler([everySecond]),
    ];
    await Promise.all(processes.map((process) => process.start()));
    for (let look = 0; look < 30; look += 1) {
      await sleep(100);
      await finishJobs();
    }
    await Promise.all(processes.map((process) => process.stop()));
    const count = await jobs('maintenance.previews');
    expect(count).toBeGreaterThanOrEqual(2);
    expect(count).toBeLessThanOrEqual(5);
    await sleep(1200);
    expect(await jobs('maintenance.previews')).toBe(count);
  });

  it('makes up for a tick that nobody was there for, and only for such', async () => {
    const yearly: Schedule = { name: 'yearly', cron: '0 0 1 1 *', job: 'maintenance.retention' };
    const startAndStop = async () => {
      const process = scheduler([yearly]);
      await process.start();
      await process.stop();
      await finishJobs();
      return jobs('maintenance.retention');
    };
    expect(await startAndStop()).toBe(1);
    expect(await startAndStop()).toBe(1);
    await engine.company.query(
      engine.everywhere,
      `update sync_schedule set last_run_at = last_run_at - interval '3 years' where name = 'yearly'`,
    );
    expect(await startAndStop()).toBe(2);
  });

  it('keeps the other databases going when one does not answer', async () => {
    const dead = {
      ...engine.company,
      transaction: () => Promise.reject(new Error('no route to host')),
    };
    const process = scheduler(
      [{ name: 'partitions', cron: '0 0 * * *', job: 'maintenance.partitions' }],
      [dead, engine.company],
    );
    await process.start();
    await process.stop();
    expect(await jobs('maintenance.partitions')).toBe(1);
  });

  it('starts with every schedule of the engine', async () => {
    const process = scheduler(engineSchedules);
    await process.start();
    await process.stop();
    const names = await engine.company.query<{ name: string }>(
      engine.everywhere,
      'select name from sync_schedule where next_run_at > clock_timestamp()',
    );
    expect(names.map(({ name }) => name)).toEqual(
      expect.arrayContaining(engineSchedules.map(({ name }) => name)),
    );
  });
});
