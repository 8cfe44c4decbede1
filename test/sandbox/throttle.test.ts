import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { emptySeed, graphOf } from './support/graph.ts';

const user = 'ana@acme.test';

describe('throttling', () => {
  let sandbox: Sandbox;
  let graph: Awaited<ReturnType<typeof graphOf>>;
  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(async () => {
    await sandbox.control.reset();
    graph = await graphOf(sandbox, user);
  });
  afterAll(() => sandbox.close());

  it('is off, and takes the documented limits by name', async () => {
    expect((await sandbox.control.microsoft.settings()).throttle).toBeNull();
    const { throttle } = await sandbox.control.microsoft.changeSettings({ throttle: 'real' });
    expect(throttle).toEqual({
      requests: 10_000,
      windowSeconds: 600,
      concurrency: 4,
      retryAfterSeconds: 10,
    });
  });

  it('counts requests in a window; asking during the wait lengthens it', async () => {
    await sandbox.control.clock.freeze();
    await sandbox.control.microsoft.changeSettings({
      throttle: { requests: 3, windowSeconds: 60, concurrency: 10, retryAfterSeconds: 5 },
    });
    for (let i = 0; i < 3; i += 1) expect((await graph.send('/me')).status).toBe(200);
    const waits: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      const { status, body, headers } = await graph.refused('/me');
      expect([status, body.error.code]).toEqual([429, 'ApplicationThrottled']);
      waits.push(headers.get('retry-after') ?? '');
    }
    expect(waits).toEqual(['5', '6', '7']);
    const other = await graphOf(sandbox, 'pia@outlook.test');
    expect((await other.send('/me')).status).toBe(200);
    await sandbox.control.clock.advance({ seconds: 6 });
    expect((await graph.send('/me')).status).toBe(429);
    await sandbox.control.clock.advance({ seconds: 8 });
    expect((await graph.send('/me')).status).toBe(200);
    await sandbox.control.clock.advance({ seconds: 61 });
    expect((await graph.send('/me')).status).toBe(200);
  });

  it('serves four requests of a mailbox at a time', async () => {
    await sandbox.control.microsoft.changeSettings({ throttle: 'real' });
    await sandbox.control.settings.change({ latencyMs: { from: 400, to: 400 } });
    const answers = await Promise.all(Array.from({ length: 7 }, () => graph.send('/me')));
    const statuses = answers.map((answer) => answer.status).toSorted();
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429, 429]);
    const { peakConcurrency } = await sandbox.control.requests.counters();
    expect(peakConcurrency[user]).toBe(7);
    await Promise.all(
      Array.from({ length: 4 }, async () => expect((await graph.send('/me')).status).toBe(200)),
    );
  });
});
