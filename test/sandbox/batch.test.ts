import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { emptySeed, graphOf } from './support/graph.ts';

const user = 'ana@acme.test';

interface Part {
  readonly id: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;
}

describe('$batch', () => {
  let sandbox: Sandbox;
  let graph: Awaited<ReturnType<typeof graphOf>>;
  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(async () => {
    await sandbox.control.reset();
    await sandbox.control.microsoft.mailbox(user).generate({ folder: 'inbox', count: 5 });
    graph = await graphOf(sandbox, user);
  });
  afterAll(() => sandbox.close());

  async function batch(requests: unknown[]): Promise<{ status: number; parts: Map<string, Part> }> {
    const answer = await graph.send('/$batch', {
      method: 'POST',
      body: JSON.stringify({ requests }),
      headers: { 'content-type': 'application/json' },
    });
    const { responses = [] } = (await answer.json()) as { responses?: Part[] };
    return { status: answer.status, parts: new Map(responses.map((part) => [part.id, part])) };
  }
  const gets = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      id: String(i),
      method: 'GET',
      url: '/me/messages?$top=1',
    }));

  it('serves parts that succeed and parts that fail', async () => {
    const { status, parts } = await batch([
      { id: 'a', method: 'GET', url: '/me' },
      {
        id: 'b',
        method: 'GET',
        url: 'me/messages?$top=2&$select=id',
        headers: { Prefer: 'IdType="ImmutableId"' },
      },
      { id: 'c', method: 'GET', url: '/me/messages/nonsense' },
      { id: 'd', method: 'GET', url: '/me', dependsOn: ['c'] },
      { id: 'e', method: 'GET', url: '/me', dependsOn: ['a'] },
    ]);
    expect(status).toBe(200);
    expect(Object.fromEntries([...parts].map(([id, part]) => [id, part.status]))).toEqual({
      a: 200,
      b: 200,
      c: 400,
      d: 424,
      e: 200,
    });
    expect(parts.get('a')?.body).toMatchObject({ mail: user });
    expect(parts.get('b')?.headers['Preference-Applied']).toBe('IdType="ImmutableId"');
    expect(parts.get('b')?.body['@odata.nextLink']).toMatch(
      /^https:\/\/graph\.microsoft\.com\/v1\.0\/me\/messages\?/,
    );
    expect(parts.get('c')?.body).toMatchObject({ error: { code: 'ErrorInvalidIdMalformed' } });
  });

  it('takes twenty parts with distinct ids', async () => {
    expect((await batch(gets(20))).parts.size).toBe(20);
    expect((await batch(gets(21))).status).toBe(400);
    expect(
      (
        await batch([
          { id: 'a', method: 'GET', url: '/me' },
          { id: 'A', method: 'GET', url: '/me' },
        ])
      ).status,
    ).toBe(400);
  });

  it('can hold some parts back, as a mailbox limit does', async () => {
    await sandbox.control.microsoft.changeSettings({ batchConcurrency: 4 });
    const { parts } = await batch(gets(6));
    expect([...parts.values()].filter((part) => part.status === 429)).toHaveLength(2);
    expect(parts.get('5')?.headers['Retry-After']).toBe('1');
  });

  it('meets scripted faults in single parts, and logs them as parts', async () => {
    await sandbox.control.faults.add({
      match: { path: '/messages$' },
      after: 1,
      times: 1,
      action: { type: 'throttle', seconds: 3 },
    });
    const { parts } = await batch(gets(3));
    expect([...parts.values()].map((part) => part.status).toSorted()).toEqual([200, 200, 429]);
    const logged = await sandbox.control.requests.read({ user });
    expect(logged.filter((entry) => entry.batched)).toHaveLength(3);
  });
});
