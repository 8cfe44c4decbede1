import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../../../src/lib/sleep.ts';
import { createEngine, type Engine } from './support/engine.ts';
import { numbersHandler } from './support/numbers-handler.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

describe('a wait in place', () => {
  it('is shown while it lasts, taken out of the elapsed time, and logged once', async () => {
    const { id } = await engine.start();
    const shown: unknown[] = [];
    const started = performance.now();
    const run = await engine.attempt(
      numbersHandler({
        items: 2,
        pageSize: 1,
        beforePage: async (context, first) => {
          if (first !== 1) return;
          const until = new Date(Date.now() + 1000);
          await context.waiting('Outlook asks to wait', until);
          await context.waiting('Outlook asks to wait', until);
          shown.push(await engine.run(id));
          await sleep(1000);
        },
      }),
    );
    const total = (performance.now() - started) / 1000;
    expect(shown).toMatchObject([{ waitingReason: 'Outlook asks to wait', status: 'running' }]);
    expect(run).toMatchObject({ status: 'completed', waitingUntil: null, waitingReason: null });
    expect(run.pausedSeconds).toBeGreaterThan(0.8);
    const { elapsed_seconds: elapsed } = await engine.progress(id);
    expect(elapsed).toBeLessThan(total - 0.8);
    expect(elapsed).toBeGreaterThanOrEqual(0);
    const lines = await engine.company.query(
      engine.everywhere,
      `select message from sync_activity_log
        where sync_id = $1 and message like 'Outlook asks%'`,
      [id],
    );
    expect(lines).toHaveLength(1);
  });
});
