import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { emptySeed, graphOf, type Page } from './support/graph.ts';

describe('a folder of 100,000 messages', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  afterAll(() => sandbox.close());

  // The aim is 5 ms on an idle machine; the bound leaves room for others at work.
  it('gives a page of 100 out of a date window in milliseconds', async () => {
    const user = 'ana@acme.test';
    const generated = performance.now();
    await sandbox.control.microsoft.mailbox(user).generate({
      folder: 'inbox',
      count: 100_000,
      from: '2025-01-01T00:00:00Z',
      to: '2026-01-01T00:00:00Z',
    });
    expect(performance.now() - generated).toBeLessThan(5000);
    const graph = await graphOf(sandbox, user);
    const filter = encodeURIComponent(
      'receivedDateTime ge 2025-06-01T00:00:00Z and receivedDateTime lt 2025-06-08T00:00:00Z',
    );
    const path = `/me/mailFolders/inbox/messages?$top=100&$count=true&$filter=${filter}`;
    const times: number[] = [];
    for (let i = 0; i < 30; i += 1) {
      const started = performance.now();
      const page = await graph.get<Page>(`${path}&$skip=${i * 10}`);
      times.push(performance.now() - started);
      expect(page.value).toHaveLength(100);
    }
    const served = (await sandbox.control.requests.read({ path: '/messages$' })).map(
      (entry) => entry.durationMs,
    );
    // The fastest of thirty: others may be at work on the same machine.
    expect(Math.min(...served)).toBeLessThan(50);
    expect(Math.min(...times)).toBeLessThan(200);
  });
});
