import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Member, rowScope } from '../../src/services/access-member.ts';
import type { LiveStream } from '../../src/services/live/live-stream.ts';
import { asking, insertRun, type LiveFixture, memberIn, openLive } from './fixture.ts';

let fixture: LiveFixture;
beforeAll(async () => {
  fixture = await openLive();
});
afterAll(() => fixture.close());

interface Watcher {
  readonly member: Member;
  readonly stream: LiveStream<'progress'>;
  /** The newest state of each row. */
  readonly seen: Map<string, number>;
}

async function watch(member: Member): Promise<Watcher> {
  const stream = await fixture.live.progress(asking(member), null);
  const seen = new Map<string, number>();
  void (async () => {
    for await (const row of stream) seen.set(row.id, row.processedCount);
  })();
  return { member, stream, seen };
}

/** What the row policies show this member: the yardstick. */
async function visible(member: Member): Promise<Map<string, number>> {
  const rows = await fixture.company.query<{ id: string; count: number }>(
    rowScope(member),
    'select id, processed_count as count from sync_progress',
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}

test('whatever changes, each member ends with exactly the rows and states that row policies show', async () => {
  const { acme, globex } = fixture.tenants;
  const { ana, ben, adam } = acme.members;
  const { gus, gina, olga } = globex.members;
  const runs: string[] = [];
  for (const [tenant, owners] of [
    [acme, [ana, ben, adam, null]],
    [globex, [gus, gina, olga, null]],
  ] as const) {
    for (const owner of owners)
      runs.push(await insertRun(fixture.sql, tenant.id, owner?.id ?? null));
  }
  const watchers = await Promise.all(
    [
      memberIn(acme, ana),
      memberIn(acme, ben),
      memberIn(acme, adam, 'admin'),
      memberIn(globex, gus),
      memberIn(globex, gina, 'admin'),
      { ...memberIn(globex, olga, 'super_admin'), reach: 'all' as const },
    ].map(watch),
  );
  const [changes = []] = fc.sample(
    fc.array(fc.tuple(fc.nat(runs.length - 1), fc.integer({ min: 1, max: 100 })), {
      minLength: 600,
      maxLength: 600,
    }),
    1,
  );
  await Promise.all(
    [0, 1, 2].map(async (lane) => {
      for (const [index, [run, count]] of changes.entries()) {
        if (index % 3 !== lane) continue;
        await fixture.company.transaction({ role: 'service_role', organizationId: 'all' }, (tx) =>
          tx.query('update sync_progress set processed_count = $2 where sync_id = $1', [
            runs[run],
            count,
          ]),
        );
      }
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  for (const { member, seen, stream } of watchers) {
    const truth = await visible(member);
    expect(Object.fromEntries(seen), member.email).toEqual(Object.fromEntries(truth));
    stream.end(null);
  }
  const counts = await Promise.all(
    watchers.map(async ({ member }) => (await visible(member)).size),
  );
  expect(counts).toEqual([2, 2, 4, 2, 4, 8]);
});
