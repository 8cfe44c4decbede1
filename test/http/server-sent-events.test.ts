import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, openApi, tokenOf } from './support/api.ts';

const subscription = 'subscription { syncProgress { syncRunId status processedCount percent } }';

describe('a subscription over server-sent events', () => {
  let api: Api;
  beforeAll(async () => {
    api = await openApi();
  });
  afterAll(() => api.close());

  /** Opens the stream and reads its results one by one, pings left out. */
  async function follow(user: { id: string }, seconds = 3_600, byGet = false) {
    const headers = {
      accept: 'text/event-stream',
      authorization: `Bearer ${await tokenOf(user, seconds)}`,
      'content-type': 'application/json',
      'x-graphql-yoga-csrf': '1',
    };
    const stop = new AbortController();
    const response = byGet
      ? await api.fetch(`/graphql?query=${encodeURIComponent(subscription)}`, {
          headers,
          signal: stop.signal,
        })
      : await api.fetch('/graphql', {
          method: 'POST',
          headers,
          body: JSON.stringify({ query: subscription }),
          signal: stop.signal,
        });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const next = async (): Promise<{ event: string; data: unknown } | null> => {
      for (;;) {
        const found = /event: (\w+)\ndata:(.*)\n\n/.exec(text);
        if (found) {
          text = text.slice(found.index + found[0].length);
          const data = found[2]?.trim();
          return { event: found[1] ?? '', data: data ? JSON.parse(data) : null };
        }
        const chunk = await reader?.read();
        if (!chunk || chunk.done) return null;
        text += chunk.value;
      }
    };
    return { response, next, stop: () => stop.abort() };
  }

  const insert = (organization: string, syncId: string) =>
    api.rows(
      `insert into sync_progress (org_id, sync_id, entity_type, total_items, source_system)
       values ($1, $2, 'customer', 100, 'woocommerce')`,
      [organization, syncId],
    );

  it.each([
    ['POST', false],
    ['GET', true],
  ])('gives the present state, then changes by plain SQL (%s)', async (_, byGet) => {
    const { acme, globex } = api.tenants;
    const syncId = `import-${byGet}`;
    await insert(globex.id, 'foreign');
    await insert(acme.id, syncId);
    const stream = await follow(acme.members.ana, 3_600, byGet);
    expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const shown = (processedCount: number) => ({
      event: 'next',
      data: {
        data: {
          syncProgress: {
            syncRunId: syncId,
            status: 'RUNNING',
            processedCount,
            percent: processedCount,
          },
        },
      },
    });
    expect(await stream.next()).toEqual(shown(0));
    await api.rows('update sync_progress set processed_count = 40 where sync_id = $1', [syncId]);
    expect(await stream.next()).toEqual(shown(40));
    stream.stop();
    await api.rows('delete from sync_progress');
  });

  it('ends within five seconds of the expiry of its token, saying so', async () => {
    const { acme } = api.tenants;
    const stream = await follow(acme.members.ben, 2);
    const startedAt = performance.now();
    const last = await stream.next();
    expect(last).toMatchObject({
      event: 'next',
      data: {
        errors: [{ extensions: { code: expect.stringMatching(/UNAUTHENTICATED|FORBIDDEN/) } }],
      },
    });
    expect(await stream.next()).toMatchObject({ event: 'complete' });
    expect(performance.now() - startedAt).toBeLessThan(7_000);
  });

  it('ends when the membership does', async () => {
    const { acme } = api.tenants;
    const stream = await follow(acme.members.ben);
    await api.rows('update auth.users_extended set is_active = false where id = $1', [
      acme.members.ben.id,
    ]);
    const startedAt = performance.now();
    expect(await stream.next()).toMatchObject({
      event: 'next',
      data: { errors: [expect.anything()] },
    });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
