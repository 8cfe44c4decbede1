import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { claimRun } from '../../../src/services/sync/claim-run.ts';
import { createEngine, type Engine } from './support/engine.ts';

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

const globexRun = (input = {}) =>
  engine.start({
    organizationId: engine.globex.id,
    userId: engine.globex.members.gus.id,
    ...input,
  });

describe('claimRun', () => {
  it('gives one run to one of many workers', async () => {
    const { id } = await engine.start();
    const claims = await Promise.all(Array.from({ length: 10 }, () => engine.claim()));
    const won = claims.filter((run) => run !== null);
    expect(won).toHaveLength(1);
    expect(won[0]).toMatchObject({ id, status: 'running', leaseNumber: 1 });
    expect(won[0]?.leaseExpiresAt).not.toBeNull();
    expect(await engine.progress(id)).toMatchObject({ status: 'running' });
  });

  it('finds a run for each of as many workers as there are runs', async () => {
    const started = await Promise.all(Array.from({ length: 20 }, () => engine.start()));
    const claims = await Promise.all(Array.from({ length: 20 }, () => engine.claim()));
    expect(new Set(claims.map((run) => run?.id))).toEqual(new Set(started.map(({ id }) => id)));
  });

  it('takes organisations in turn, however many runs one of them queued first', async () => {
    for (let run = 0; run < 5; run += 1) await engine.start();
    const other = await globexRun();
    expect((await engine.mustClaim()).organizationId).toBe(engine.acme.id);
    expect((await engine.mustClaim()).id).toBe(other.id);
    expect((await engine.mustClaim()).organizationId).toBe(engine.acme.id);
  });

  it('takes the higher priority first and then the older', async () => {
    const older = await engine.start();
    const newer = await engine.start();
    const urgent = await engine.start({ priority: 5 });
    const order = [await engine.mustClaim(), await engine.mustClaim(), await engine.mustClaim()];
    expect(order.map(({ id }) => id)).toEqual([urgent.id, older.id, newer.id]);
  });

  it('leaves runs of kinds it cannot execute and runs that are not due', async () => {
    await engine.start({ kind: 'users', entityType: 'user' });
    const later = await engine.start();
    await engine.company.query(
      engine.everywhere,
      `update sync_job_queue set next_attempt_at = clock_timestamp() + interval '1 hour' where id = $1`,
      [later.id],
    );
    expect(await engine.claim()).toBeNull();
    const claim = { kinds: ['users' as const], owner: 'newer', leaseSeconds: 30 };
    expect(await claimRun(engine.company, claim)).toMatchObject({ kind: 'users' });
  });
});
