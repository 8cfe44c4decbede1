import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../../src/lib/sleep.ts';
import { addJob } from '../../src/queue/add.ts';
import type { JobPayloads } from '../../src/queue/catalog.ts';
import { defineJob, type Job } from '../../src/queue/job.ts';
import { JobRunner } from '../../src/queue/runner.ts';
import { createEngine, type Engine, silentLog } from '../services/sync/support/engine.ts';

let engine: Engine;
const runners: JobRunner[] = [];
beforeAll(async () => {
  engine = await createEngine();
});
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.stop(5)));
});
afterAll(() => engine.close());

async function running(
  handle: Job<'sync.run'>['handle'],
  overrides: Partial<Job<'sync.run'>> = {},
) {
  const job = defineJob<'sync.run'>({
    name: 'sync.run',
    retryLimit: 0,
    retryDelaySeconds: 1,
    timeoutSeconds: 60,
    concurrency: 2,
    handle,
    ...overrides,
  });
  const runner = new JobRunner({
    url: engine.databases.companyUrl,
    jobs: [job],
    log: silentLog,
    // Longer than the tests: what arrives sooner was woken.
    pollSeconds: 20,
  });
  runners.push(runner);
  await runner.start();
  return runner;
}

const add = (runId: string) =>
  engine.inside((tx) => addJob(tx, 'sync.run', { runId, organizationId: engine.acme.id }));

async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  for (let patience = 200; patience > 0; patience -= 1) {
    if (await look()) return;
    await sleep(25);
  }
  throw new Error('it never came');
}

describe('JobRunner', () => {
  it('handles what is added, woken by NOTIFY', async () => {
    const seen: JobPayloads['sync.run'][] = [];
    await running(async (payload) => void seen.push(payload));
    await sleep(300);
    const started = performance.now();
    await add('woken');
    await until(() => seen.length === 1);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(seen).toEqual([{ runId: 'woken', organizationId: engine.acme.id }]);
  });

  it('works off a long queue without sleeping between jobs', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `job-${index}`);
    await engine.inside(async (tx) => {
      for (const runId of names) {
        await addJob(tx, 'sync.run', { runId, organizationId: engine.acme.id });
      }
    });
    const seen: string[] = [];
    await running(async ({ runId }) => void seen.push(runId));
    await until(() => seen.length >= names.length);
    expect(seen.toSorted()).toEqual(names.toSorted());
  });

  it('handles each job once with several processes', async () => {
    const seen: string[] = [];
    await running(async ({ runId }) => void seen.push(runId));
    await running(async ({ runId }) => void seen.push(runId));
    const names = Array.from({ length: 50 }, (_, index) => `shared-${index}`);
    await Promise.all(names.map(add));
    await until(() => seen.length >= names.length);
    await sleep(200);
    expect(seen.toSorted()).toEqual(names.toSorted());
  });

  it('keeps a job that failed for good as a dead letter', async () => {
    let tries = 0;
    await running(
      async () => {
        tries += 1;
        throw new Error('broken');
      },
      { retryLimit: 0 },
    );
    await add('dead');
    await until(async () => {
      const dead = await engine.company.query(
        engine.everywhere,
        `select from pgboss.job where name = 'dead-letter' and data->>'runId' = 'dead'`,
      );
      return dead.length === 1;
    });
    expect(tries).toBe(1);
  });

  it('tells handlers to stop and waits for them', async () => {
    let ended = '';
    const runner = await running(async (_payload, { signal }) => {
      await sleep(20_000, signal).catch(() => undefined);
      await sleep(50);
      ended = signal.aborted ? 'told' : 'by itself';
    });
    await add('long');
    await sleep(500);
    await runner.stop(5);
    expect(ended).toBe('told');
  });
});
