import { afterAll, beforeAll, expect, test } from 'vitest';
import { withOwner } from '../support/database.ts';
import {
  asking,
  insertProgress,
  type LiveFixture,
  memberIn,
  openLive,
  readUntil,
} from './fixture.ts';

let fixture: LiveFixture;
beforeAll(async () => {
  fixture = await openLive();
});
afterAll(() => fixture.close());

test('10,000 changes of one organisation in about a second: coalesced, and the others go on', async () => {
  const { live, sql, tenants, databases } = fixture;
  const { acme, globex } = tenants;
  for (let run = 0; run < 20; run++) await insertProgress(sql, acme.id, `storm ${run}`, 1_000_000);
  await insertProgress(sql, globex.id, 'calm', 1_000_000);
  const stormy = await live.progress(asking(memberIn(acme, acme.members.ana)), null);
  const calm = await live.progress(asking(memberIn(globex, globex.members.gus)), 'calm');
  await readUntil(stormy, (rows) => rows.length === 20);
  await readUntil(calm, (rows) => rows.length === 1);

  const received: number[] = [];
  const reading = readUntil(
    stormy,
    (rows) => {
      received.push(rows.length);
      const last = new Map(rows.map((row) => [row.syncId, row.processedCount]));
      return last.size === 20 && [...last.values()].every((count) => count === 500);
    },
    20_000,
  );
  const storm = withOwner(databases.companyUrl, async (operator) => {
    // Twenty commits a loop, each run once: 10,000 statements, 500 transactions.
    for (let count = 1; count <= 500; count++) {
      await operator.query(
        `do $$ begin for run in 0..19 loop
           update sync_progress set processed_count = ${count} where sync_id = 'storm ' || run;
         end loop; end $$`,
      );
    }
  });
  let slowest = 0;
  for (let count = 1; count <= 5; count++) {
    const started = Date.now();
    await sql.query(`update sync_progress set processed_count = $1 where sync_id = 'calm'`, [
      count,
    ]);
    await readUntil(calm, (rows) => rows.at(-1)?.processedCount === count, 5_000);
    slowest = Math.max(slowest, Date.now() - started);
  }
  await storm;
  const rows = await reading;
  expect(rows.length).toBeLessThan(2_000);
  expect(slowest).toBeLessThan(2_000);
  stormy.end(null);
  calm.end(null);
});
