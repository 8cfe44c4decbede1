import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FailureCode, failureCodes, ProviderError } from '../../../src/providers/errors.ts';
import { createEngine, type Engine } from './support/engine.ts';
import { type NumbersCheckpoint, numbersHandler } from './support/numbers-handler.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());
afterEach(() =>
  engine.company.query(
    engine.everywhere,
    `update sync_job_queue set status = 'cancelled' where status in ('queued', 'running')`,
  ),
);

const failing = (code: FailureCode, at = 0, retryAfterSeconds?: number) =>
  numbersHandler({
    items: 20,
    pageSize: 5,
    beforePage: (_context, first) => {
      if (first === at) {
        const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
        throw new ProviderError(code, `as told: ${code}`, wait);
      }
    },
  });

const secondsUntil = (date: Date | null) => ((date?.getTime() ?? 0) - Date.now()) / 1000;

describe('a failed attempt', () => {
  it.each(failureCodes)('ends by the policy row of %s', async (code) => {
    const { id } = await engine.start();
    const run = await engine.attempt(failing(code));
    const { action } = await engine.one<{ action: string }>(
      'select action from sync_retry_policy where failure_code = $1',
      [code],
    );
    expect(run.status).toBe(action === 'retry' ? 'queued' : 'failed');
    expect(run).toMatchObject({ errorCode: code, errorMessage: `as told: ${code}`, attempt: 1 });
    expect(
      await engine.one('select code, details from sync_error_log where sync_id = $1', [id]),
    ).toMatchObject({ code, details: { attempt: 1 } });
  });

  it('waits as long as the provider asks', async () => {
    await engine.start();
    const run = await engine.attempt(failing('RATE_LIMITED', 0, 30));
    expect(secondsUntil(run.nextAttemptAt)).toBeGreaterThan(28);
    expect(secondsUntil(run.nextAttemptAt)).toBeLessThan(31);
  });

  it('has a ticket for the moment of its next attempt', async () => {
    const { id } = await engine.start();
    const run = await engine.attempt(failing('RATE_LIMITED', 0, 300));
    const ticket = await engine.one<{ start_after: Date }>(
      `select start_after from pgboss.job where name = 'sync.run' and singleton_key = $1`,
      [`${id}:1`],
    );
    const apart = ticket.start_after.getTime() - (run.nextAttemptAt?.getTime() ?? 0);
    expect(Math.abs(apart)).toBeLessThan(1000);
  });

  it('follows an edited policy at the very next decision', async () => {
    const { id } = await engine.start();
    const edit = (set: string) =>
      engine.company.query(
        engine.everywhere,
        `update sync_retry_policy set ${set} where failure_code = 'PROVIDER_TIMEOUT'`,
      );
    expect((await engine.attempt(failing('PROVIDER_TIMEOUT'))).status).toBe('queued');
    await edit('base_seconds = 500, max_seconds = 500');
    await engine.makeDue(id);
    const second = await engine.attempt(failing('PROVIDER_TIMEOUT'));
    expect(secondsUntil(second.nextAttemptAt)).toBeGreaterThan(490);
    await edit(`action = 'fail'`);
    await engine.makeDue(id);
    expect((await engine.attempt(failing('PROVIDER_TIMEOUT'))).status).toBe('failed');
    await edit(`action = 'retry', base_seconds = 20, max_seconds = 600`);
  });

  it('counts attempts from the last committed page, so that progress earns new ones', async () => {
    const { id } = await engine.start();
    const attempts: number[] = [];
    for (const at of [0, 0, 5, 5]) {
      attempts.push((await engine.attempt(failing('PROVIDER_UNAVAILABLE', at))).attempt);
      await engine.makeDue(id);
    }
    expect(attempts).toEqual([1, 2, 1, 2]);
  });

  it('fails when the attempts are used up without progress', async () => {
    const { id } = await engine.start();
    const statuses: string[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await engine.makeDue(id);
      statuses.push((await engine.attempt(failing('INTERNAL'))).status);
    }
    expect(statuses).toEqual(['queued', 'queued', 'failed']);
    expect(await engine.progress(id)).toMatchObject({ status: 'failed' });
  });

  it('keeps secrets and long texts out of the logs', async () => {
    const { id } = await engine.start();
    await engine.attempt({
      kind: 'external',
      execute: () => {
        throw new ProviderError(
          'PROVIDER_PROTOCOL',
          `GET https://x.test/?access_token=planted-1 Bearer planted-2\n${'x'.repeat(5000)}`,
        );
      },
    });
    const stored = await engine.company.query(
      engine.everywhere,
      `select row_to_json(e)::text || row_to_json(r)::text as text
         from sync_error_log e join sync_job_queue r on r.id::text = e.sync_id
        where e.sync_id = $1`,
      [id],
    );
    expect(JSON.stringify(stored)).not.toContain('planted');
    expect((await engine.run(id)).errorMessage?.length).toBeLessThan(600);
  });
});

describe('a lost cursor', () => {
  it('starts the enumeration again, with counters at zero', async () => {
    const { id } = await engine.start();
    const run = await engine.attempt(failing('CURSOR_EXPIRED', 10));
    expect(run).toMatchObject({ status: 'queued', checkpoint: null });
    expect(await engine.progress(id)).toMatchObject({ processed_count: 0 });
  });

  it('goes on where the handler says', async () => {
    await engine.start();
    const handler = {
      ...failing('CURSOR_EXPIRED', 10),
      restart: ({ next }: NumbersCheckpoint) => ({ next: next - 5 }),
    };
    const run = await engine.attempt(handler);
    expect(run).toMatchObject({ status: 'queued', checkpoint: { next: 5 } });
  });

  it('gives up when it is lost again after each restart, pages in between or not', async () => {
    const { id } = await engine.start();
    const statuses: string[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await engine.makeDue(id);
      statuses.push((await engine.attempt(failing('CURSOR_EXPIRED', 10))).status);
    }
    expect(statuses).toEqual(['queued', 'queued', 'failed']);
  });
});
