import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addJob } from '../../src/queue/add.ts';
import { createEngine, type Engine } from '../services/sync/support/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const waiting = () =>
  engine.company.query<{ id: string; priority: number; later: boolean }>(
    engine.everywhere,
    `select id, priority, start_after > now() as later from pgboss.job
      where name = 'maintenance.previews' and state = 'created' order by created_on`,
  );

describe('addJob', () => {
  it('adds nothing when its transaction rolls back', async () => {
    const adding = engine.inside(async (tx) => {
      await addJob(tx, 'maintenance.previews', {});
      throw new Error('no');
    });
    await expect(adding).rejects.toThrow('no');
    expect(await waiting()).toEqual([]);
  });

  it('keeps one waiting job per key and answers with its id', async () => {
    const add = () =>
      engine.inside((tx) => addJob(tx, 'maintenance.previews', {}, { singletonKey: 'one' }));
    const ids = await Promise.all([add(), add(), add()]);
    expect(new Set(ids).size).toBe(1);
    expect((await waiting()).map(({ id }) => id)).toEqual([ids[0]]);
  });

  it('adds each job without a key, with its delay and priority', async () => {
    const before = (await waiting()).length;
    await engine.inside(async (tx) => {
      await addJob(tx, 'maintenance.previews', {}, { startAfterSeconds: 60, priority: 7 });
      await addJob(tx, 'maintenance.previews', {});
    });
    const added = (await waiting()).slice(before);
    expect(added).toHaveLength(2);
    expect(added).toContainEqual(expect.objectContaining({ later: true, priority: 7 }));
    expect(added).toContainEqual(expect.objectContaining({ later: false, priority: 0 }));
  });
});
