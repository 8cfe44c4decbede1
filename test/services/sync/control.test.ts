import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LockstepError } from '../../../src/errors.ts';
import { sleep } from '../../../src/lib/sleep.ts';
import { ProviderError } from '../../../src/providers/errors.ts';
import { cancelRun, pauseRun, resumeRun, retryRun } from '../../../src/services/sync/control.ts';
import type { RunHandlers } from '../../../src/services/sync/run-handler.ts';
import { createEngine, type Engine } from './support/engine.ts';
import { numbersHandler } from './support/numbers-handler.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());
afterEach(() =>
  engine.company.query(
    engine.everywhere,
    `update sync_job_queue set status = 'cancelled' where status in ('queued', 'running', 'paused')`,
  ),
);

const none: RunHandlers = new Map();
const ask = (what: typeof pauseRun, runId: string, handlers = none) =>
  engine.inside((tx) => what(tx, handlers, { organizationId: engine.acme.id, runId }));

/** A handler that waits for the provider for ever, as a throttled one does. */
const throttled = {
  kind: 'external' as const,
  execute: async (context: Parameters<ReturnType<typeof numbersHandler>['execute']>[0]) => {
    await context.waiting('The provider asks to wait', new Date(Date.now() + 600_000));
    await sleep(600_000, context.signal);
  },
};

/** Executes in the background; resolves what became of the run and how long it took since `asked`. */
function executing(handler: Parameters<Engine['attempt']>[0]) {
  const done = engine.attempt(handler);
  return { done, until: (id: string) => waitFor(async () => (await engine.run(id)).waitingUntil) };
}

async function waitFor<T>(look: () => Promise<T | null>): Promise<T> {
  for (let patience = 100; patience > 0; patience -= 1) {
    const found = await look();
    if (found !== null) return found;
    await sleep(20);
  }
  throw new Error('it never came');
}

describe('a waiting run', () => {
  it('is paused at once, is not claimed, and goes on when resumed', async () => {
    const { id } = await engine.start();
    expect(await ask(pauseRun, id)).toMatchObject({ status: 'paused' });
    expect(await engine.claim()).toBeNull();
    expect(await ask(resumeRun, id)).toMatchObject({ status: 'queued' });
    expect((await engine.mustClaim()).id).toBe(id);
  });

  it('never runs again when it is cancelled during its back-off', async () => {
    const { id } = await engine.start();
    await engine.attempt(
      numbersHandler({
        items: 5,
        pageSize: 5,
        beforePage: () => {
          throw new ProviderError('RATE_LIMITED', 'slow down', { retryAfterSeconds: 1 });
        },
      }),
    );
    expect(await ask(cancelRun, id)).toMatchObject({ status: 'cancelled', nextAttemptAt: null });
    await sleep(1200);
    expect(await engine.claim()).toBeNull();
    expect(await engine.progress(id)).toMatchObject({ status: 'cancelled' });
  });
});

describe('a running run', () => {
  it('pauses within seconds while it waits for the provider, and that time does not count', async () => {
    const { id } = await engine.start();
    const { done, until } = executing(throttled);
    await until(id);
    const asked = performance.now();
    expect(await ask(pauseRun, id)).toMatchObject({ status: 'running', requestedAction: 'pause' });
    expect(await done).toMatchObject({ status: 'paused', requestedAction: null, attempt: 0 });
    expect(performance.now() - asked).toBeLessThan(5000);
    const before = await engine.progress(id);
    await sleep(2_000);
    await ask(resumeRun, id);
    await engine.attempt(numbersHandler({ items: 5, pageSize: 5 }));
    const after = await engine.progress(id);
    expect(after.elapsed_seconds - before.elapsed_seconds).toBeLessThan(1.5);
  });

  it('is cancelled within seconds while it waits for the provider', async () => {
    const { id } = await engine.start();
    const { done, until } = executing(throttled);
    await until(id);
    const asked = performance.now();
    await ask(cancelRun, id);
    expect(await done).toMatchObject({ status: 'cancelled', waitingUntil: null });
    expect(performance.now() - asked).toBeLessThan(5000);
    expect(await engine.claim()).toBeNull();
  });

  it('keeps the page during which a pause was asked, and refuses it after a cancel', async () => {
    const kept = async (what: typeof pauseRun) => {
      const { id } = await engine.start();
      const run = await engine.attempt(
        numbersHandler({
          items: 20,
          pageSize: 5,
          beforePage: async (_context, first) => {
            if (first === 10) await ask(what, id);
          },
        }),
        { watchSeconds: 60, heartbeatSeconds: 60 },
      );
      return { status: run.status, numbers: (await engine.numbers(id)).length };
    };
    expect(await kept(pauseRun)).toEqual({ status: 'paused', numbers: 15 });
    expect(await kept(cancelRun)).toEqual({ status: 'cancelled', numbers: 10 });
  });

  it('goes on when the pause is withdrawn before it was honoured', async () => {
    const { id } = await engine.start();
    const run = await engine.attempt(
      numbersHandler({
        items: 20,
        pageSize: 5,
        beforePage: async (_context, first) => {
          if (first !== 10) return;
          await ask(pauseRun, id);
          await ask(resumeRun, id);
        },
      }),
      { watchSeconds: 60, heartbeatSeconds: 60 },
    );
    expect(run.status).toBe('completed');
    expect(await engine.numbers(id)).toHaveLength(20);
  });
});

describe('a failed run', () => {
  const broken = numbersHandler({
    items: 20,
    pageSize: 5,
    beforePage: (_context, first) => {
      if (first === 10) throw new ProviderError('FORBIDDEN', 'the mailbox is closed');
    },
  });

  it('goes on from its last page when retried', async () => {
    const { id } = await engine.start();
    expect(await engine.attempt(broken)).toMatchObject({
      status: 'failed',
      errorCode: 'FORBIDDEN',
    });
    expect(await ask(retryRun, id)).toMatchObject({ status: 'queued', attempt: 0 });
    expect((await engine.attempt(numbersHandler({ items: 20, pageSize: 5 }))).id).toBe(id);
    expect(await engine.numbers(id)).toHaveLength(20);
    expect(await engine.progress(id)).toMatchObject({ status: 'completed', processed_count: 20 });
  });

  it('stays failed when its handler refuses the retry or a newer run is live', async () => {
    const { id, targetId } = await engine.start();
    await engine.attempt(broken);
    const refusing: RunHandlers = new Map([
      [
        'external',
        {
          ...broken,
          onRetry: async () => {
            throw new LockstepError('SYNC_LOCKED', 'the right was given back');
          },
        },
      ],
    ]);
    await expect(ask(retryRun, id, refusing)).rejects.toMatchObject({ code: 'SYNC_LOCKED' });
    await engine.start({ targetId });
    await expect(ask(retryRun, id)).rejects.toMatchObject({ code: 'SYNC_ALREADY_RUNNING' });
    expect((await engine.run(id)).status).toBe('failed');
  });
});

describe('what cannot be', () => {
  it('is refused with a text that says why', async () => {
    const { id } = await engine.start();
    await expect(ask(resumeRun, id)).rejects.toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: 'This synchronisation is queued, so it cannot be resumed; only a paused one can be.',
    });
    await expect(ask(retryRun, id)).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    await ask(cancelRun, id);
    for (const what of [pauseRun, resumeRun, cancelRun, retryRun]) {
      await expect(ask(what, id)).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    }
  });

  it('does not tell a foreign run from none', async () => {
    const foreign = await engine.start({
      organizationId: engine.globex.id,
      userId: engine.globex.members.gus.id,
    });
    const answers = await Promise.allSettled([
      ask(cancelRun, foreign.id),
      ask(cancelRun, '00000000-0000-4000-8000-000000000000'),
    ]);
    const texts = answers.map((answer) => answer.status === 'rejected' && String(answer.reason));
    expect(texts[0]).toBe(texts[1]);
    expect((await engine.run(foreign.id)).status).toBe('queued');
  });
});
