import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withOwner } from '../support/database.ts';
import {
  asking,
  insertProgress,
  insertRun,
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

describe('progress', () => {
  test('shows the present state first, then what plain SQL changes', async () => {
    const { live, sql, tenants } = fixture;
    const { acme } = tenants;
    await insertProgress(sql, acme.id, 'test-sync-001');
    await sql.query(
      `update sync_progress set processed_count = 10 where sync_id = 'test-sync-001'`,
    );

    const stream = await live.progress(asking(memberIn(acme, acme.members.ana)), 'test-sync-001');
    const [first] = await readUntil(stream, (rows) => rows.length === 1);
    expect(first).toMatchObject({ syncId: 'test-sync-001', processedCount: 10, totalItems: 100 });
    expect(first?.updatedAt).toBeInstanceOf(Date);

    await sql.query(
      `update sync_progress set processed_count = 25 where sync_id = 'test-sync-001'`,
    );
    const [second] = await readUntil(stream, (rows) => rows.length === 1, 1_000);
    expect(second).toMatchObject({ processedCount: 25, status: 'running' });
    stream.end(null);
  });

  test('coalesces to four a second and never loses the final state', async () => {
    const { live, sql, tenants } = fixture;
    const { acme } = tenants;
    const id = await insertProgress(sql, acme.id, 'fast', 1_000_000);
    const stream = await live.progress(asking(memberIn(acme, acme.members.ana)), 'fast');
    const reading = readUntil(stream, (rows) => rows.at(-1)?.status === 'completed');
    const started = Date.now();
    for (let count = 1; Date.now() - started < 1_000; count++) {
      await sql.query('update sync_progress set processed_count = $2 where id = $1', [id, count]);
    }
    const finished = Date.now();
    await sql.query(`update sync_progress set status = 'completed' where id = $1`, [id]);
    const rows = await reading;
    expect(Date.now() - finished).toBeLessThan(1_000);
    expect(rows.length).toBeLessThanOrEqual(1 + 5 + 1);
    expect(rows.length).toBeGreaterThanOrEqual(4);
    const counts = rows.map((row) => row.processedCount);
    expect(counts).toEqual(counts.toSorted((one, other) => one - other));
    stream.end(null);
  });

  test('without a run shows each member exactly what row policies show', async () => {
    const { live, sql, tenants } = fixture;
    const { acme, globex } = tenants;
    const ofAna = await insertRun(sql, acme.id, acme.members.ana.id);
    const ofBen = await insertRun(sql, acme.id, acme.members.ben.id);
    const ofAll = await insertRun(sql, acme.id, null);
    const foreign = await insertRun(sql, globex.id, globex.members.gus.id);
    const watchers = {
      ana: memberIn(acme, acme.members.ana),
      ben: memberIn(acme, acme.members.ben),
      adam: memberIn(acme, acme.members.adam, 'admin'),
      gus: memberIn(globex, globex.members.gus),
    };
    const expected = {
      ana: [ofAna, ofAll],
      ben: [ofBen, ofAll],
      adam: [ofAna, ofBen, ofAll],
      gus: [foreign],
    };
    for (const [name, member] of Object.entries(watchers)) {
      const mine = expected[name as keyof typeof expected];
      const stream = await live.progress(asking(member), null);
      const seen = new Set<string>();
      await readUntil(stream, (rows) => {
        for (const { syncId } of rows) seen.add(syncId);
        return mine.every((id) => seen.has(id));
      });
      for (const id of [ofAna, ofBen, ofAll, foreign]) {
        await sql.query(
          'update sync_progress set processed_count = processed_count + 1 where sync_id = $1',
          [id],
        );
      }
      const changed = await readUntil(stream, (rows) =>
        mine.every((id) => rows.some((row) => row.syncId === id)),
      );
      const runs = [ofAna, ofBen, ofAll, foreign];
      const others = runs.filter((id) => !mine.includes(id));
      expect(
        [...seen, ...changed.map(({ syncId }) => syncId)].filter((id) => others.includes(id)),
      ).toEqual([]);
      stream.end(null);
    }
  });

  test('an unknown and a foreign run get the same answer', async () => {
    const { live, sql, tenants } = fixture;
    const { acme, globex } = tenants;
    const foreign = await insertRun(sql, globex.id, globex.members.gus.id);
    const ofBen = await insertRun(sql, acme.id, acme.members.ben.id);
    const ana = memberIn(acme, acme.members.ana);
    const answers = await Promise.all(
      [foreign, ofBen, crypto.randomUUID(), 'no such text'].map((id) =>
        live.progress(asking(ana), id).then(
          () => 'a stream',
          (error: unknown) => error,
        ),
      ),
    );
    expect(new Set(answers.map(String)).size).toBe(1);
    expect(answers[0]).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a change committed late, by a transaction that began early, is not lost', async () => {
    const { live, sql, tenants, databases } = fixture;
    const { acme } = tenants;
    const late = await insertProgress(sql, acme.id, 'late');
    const busy = await insertProgress(sql, acme.id, 'busy');
    const stream = await live.progress(asking(memberIn(acme, acme.members.ana)), 'late');
    await readUntil(stream, (rows) => rows.length === 1);
    await withOwner(databases.companyUrl, async (other) => {
      await other.query('begin');
      await other.query('update sync_progress set processed_count = 7 where id = $1', [late]);
      for (let count = 1; count <= 20; count++) {
        await sql.query('update sync_progress set processed_count = $2 where id = $1', [
          busy,
          count,
        ]);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
      await other.query('commit');
    });
    const [row] = await readUntil(stream, (rows) => rows.length === 1, 2_000);
    expect(row?.processedCount).toBe(7);
    stream.end(null);
  });
});
