import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitPage } from '../../../src/services/sync/commit-page.ts';
import type { Lease } from '../../../src/services/sync/lease.ts';
import { reapLostRuns } from '../../../src/services/sync/reap-lost-runs.ts';
import { renewLease } from '../../../src/services/sync/renew-lease.ts';
import type { Run } from '../../../src/services/sync/run.ts';
import { RunStopped } from '../../../src/services/sync/run-handler.ts';
import { createEngine, type Engine, silentLog } from './support/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const leaseOf = (run: Run): Lease => ({
  database: engine.company,
  organizationId: run.organizationId,
  runId: run.id,
  number: run.leaseNumber,
  seconds: 30,
});

async function claimed(): Promise<Run> {
  const { id } = await engine.start();
  const run = await engine.mustClaim();
  expect(run.id).toBe(id);
  return run;
}

const commitItem = (run: Run, item: number, page = {}) =>
  commitPage(
    leaseOf(run),
    { checkpoint: { next: item + 1 }, processed: 1, ...page },
    async (tx) => {
      await tx.query('insert into numbers values ($1, $2, $3)', [run.organizationId, run.id, item]);
    },
  );

const everythingOf = async (id: string) => ({
  run: await engine.run(id),
  progress: await engine.progress(id),
  numbers: await engine.numbers(id),
});

describe('commitPage', () => {
  it('commits rows, checkpoint and counters together', async () => {
    const run = await claimed();
    expect(await commitItem(run, 0, { total: 10, phase: 'Inbox' })).toBeNull();
    expect(await everythingOf(run.id)).toMatchObject({
      run: { checkpoint: { next: 1 }, phase: 'Inbox' },
      progress: { processed_count: 1, total_items: 10, current_item: 1 },
      numbers: [0],
    });
  });

  it('lets the total shrink and grow, but never below what is processed', async () => {
    const run = await claimed();
    const totals: (number | null)[] = [];
    for (const [item, total] of [undefined, 10, 5, undefined, 2, 20].entries()) {
      await commitItem(run, item, total === undefined ? {} : { total });
      totals.push((await engine.progress(run.id)).total_items);
    }
    expect(totals).toEqual([null, 10, 5, 5, 5, 20]);
  });

  it('refuses a worker whose run was taken over, and writes nothing', async () => {
    const dead = await claimed();
    await engine.expireLease(dead.id);
    await reapLostRuns(engine.company, new Map(), silentLog);
    const before = await everythingOf(dead.id);
    await expect(commitItem(dead, 0)).rejects.toMatchObject({ reason: 'lease_lost' });
    expect(await everythingOf(dead.id)).toEqual(before);

    const heir = await engine.mustClaim();
    expect(heir.leaseNumber).toBe(dead.leaseNumber + 1);
    await commitItem(heir, 0);
    await expect(commitItem(dead, 0)).rejects.toBeInstanceOf(RunStopped);
    expect(await renewLease(leaseOf(dead))).toBeNull();
    expect(await engine.numbers(dead.id)).toEqual([0]);
  });

  it('refuses a worker that guesses another fencing number', async () => {
    const run = await claimed();
    await expect(commitItem({ ...run, leaseNumber: 2 }, 0)).rejects.toBeInstanceOf(RunStopped);
    await expect(commitItem({ ...run, leaseNumber: 0 }, 0)).rejects.toBeInstanceOf(RunStopped);
    expect(await engine.numbers(run.id)).toEqual([]);
  });

  it('still takes the page of an expired lease that nobody took, and renews it', async () => {
    const run = await claimed();
    await engine.expireLease(run.id);
    await commitItem(run, 0);
    expect(await reapLostRuns(engine.company, new Map(), silentLog)).toEqual({
      released: 0,
      failed: 0,
    });
  });

  it('lets a commit and a take-over that meet decide for one of them', async () => {
    for (let round = 0; round < 10; round += 1) {
      const run = await claimed();
      await engine.expireLease(run.id);
      const [committed, reaped] = await Promise.allSettled([
        commitItem(run, 0),
        reapLostRuns(engine.company, new Map(), silentLog),
      ]);
      const after = await everythingOf(run.id);
      expect(reaped.status).toBe('fulfilled');
      expect(after.numbers).toEqual(committed.status === 'fulfilled' ? [0] : []);
      expect(after.progress.processed_count).toBe(after.numbers.length);
      // A page that was committed renewed the lease, so the reaper left the run alone, or it came
      // second and took a run whose page is kept.
      if (committed.status === 'rejected') expect(after.run.status).toBe('queued');
      await engine.company.query(
        engine.everywhere,
        `update sync_job_queue set status = 'cancelled' where id = $1`,
        [run.id],
      );
    }
  });

  it('refuses counts that cannot be', async () => {
    const run = await claimed();
    for (const page of [
      { processed: -1 },
      { processed: 1, failed: 2 },
      { processed: Number.NaN },
    ]) {
      await expect(commitItem(run, 0, page)).rejects.toThrow('0 <= failed <= processed');
    }
    expect(await engine.numbers(run.id)).toEqual([]);
  });
});
