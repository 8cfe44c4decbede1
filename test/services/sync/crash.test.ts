import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../../../src/lib/sleep.ts';
import { createEngine, type Engine } from './support/engine.ts';

const script = fileURLToPath(new URL('./support/crash-worker.ts', import.meta.url));
const items = 1200;
const leaseSeconds = 1;
const kills = 20;

let engine: Engine;
const children = new Set<ChildProcess>();
beforeAll(async () => {
  engine = await createEngine();
});
afterEach(async () => {
  await Promise.all([...children].map(kill));
});
afterAll(() => engine.close());

async function spawnWorker(): Promise<ChildProcess> {
  const child = spawn(
    execPath,
    [script, engine.databases.companyUrl, String(items), String(leaseSeconds)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.add(child);
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function until<T>(look: () => Promise<T | null>, seconds = 20): Promise<T> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const found = await look();
    if (found !== null) return found;
    await sleep(25);
  }
  throw new Error('it never came');
}

const processed = async (id: string) => (await engine.progress(id)).processed_count;

describe('a worker killed with -9', () => {
  it(`loses and repeats nothing, killed at ${kills} random points`, {
    timeout: 240_000,
  }, async () => {
    const { id } = await engine.start();
    let counted = 0;
    for (let round = 0; round < kills; round += 1) {
      const child = await spawnWorker();
      await until(async () =>
        (await engine.run(id)).leaseOwner === `crash-worker-${child.pid}` ? true : null,
      );
      const { lostLeases } = await engine.run(id);
      const before = await processed(id);
      // Three workers lost without a page make a run poison; that is another test's subject.
      if (lostLeases > 1) await until(async () => ((await processed(id)) > before ? true : null));
      await sleep(Math.random() * 150);
      await kill(child);
      // In one statement: the killed worker's last commit may still be under way on the server.
      const { now, rows } = await engine.one<{ now: number; rows: number }>(
        `select processed_count as now,
                (select count(*)::int from numbers where run_id::text = sync_id) as rows
           from sync_progress where sync_id = $1`,
        [id],
      );
      expect(now, 'progress is monotonic').toBeGreaterThanOrEqual(counted);
      counted = now;
      const setAside = (now > 13 ? 1 : 0) + (now > 200 ? 1 : 0);
      expect(rows, 'rows equal counters at any moment').toBe(now - setAside);
    }
    expect((await engine.run(id)).status).not.toBe('failed');
    await spawnWorker();
    await until(async () => ((await engine.run(id)).status === 'completed' ? true : null), 60);

    const expected = Array.from({ length: items }, (_, item) => item).filter(
      (item) => item !== 13 && item !== 200,
    );
    expect(await engine.numbers(id)).toEqual(expected);
    expect(await engine.progress(id)).toMatchObject({
      status: 'completed',
      total_items: items,
      processed_count: items,
      failed_count: 2,
    });
    const setAside = await engine.company.query(
      engine.everywhere,
      'select item_key from sync_failed_item where run_id = $1 order by item_key',
      [id],
    );
    expect(setAside).toEqual([{ item_key: '13' }, { item_key: '200' }]);
  });

  it('is replaced within its lease and a reaper pass', { timeout: 60_000 }, async () => {
    const { id } = await engine.start();
    const first = await spawnWorker();
    await until(async () => ((await processed(id)) > 0 ? true : null));
    await spawnWorker();
    await kill(first);
    const killed = performance.now();
    const before = await processed(id);
    await until(async () => ((await processed(id)) > before ? true : null));
    // The lease, a reaper pass and the ticket's pick-up; the rest is a slow machine.
    expect((performance.now() - killed) / 1000).toBeLessThan(leaseSeconds + 8);
    expect((await engine.run(id)).leaseNumber).toBe(2);
  });
});
