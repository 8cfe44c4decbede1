import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { finishBackfill } from '../../../src/services/initial-sync/finish-backfill.ts';
import { takeRightAgain } from '../../../src/services/initial-sync/return-right.ts';
import { holdSpentOverride } from '../../../src/services/overrides/hold-spent-override.ts';
import type { Run } from '../../../src/services/sync/run.ts';
import { createStartFixture, outcome, type StartFixture } from './support/start-fixture.ts';

let fixture: StartFixture;
let auditBefore = 0;
beforeAll(async () => {
  fixture = await createStartFixture();
});
afterAll(() => fixture.close());
beforeEach(async () => {
  await fixture.rows('delete from initial_sync_claim');
  await fixture.rows('delete from sync_job_queue');
  await fixture.rows('delete from connections');
  await fixture.master.query('delete from sync_permissions');
  auditBefore = (await fixture.audit()).length;
});

const audit = async () => (await fixture.audit()).slice(auditBefore);
const inside = <T>(work: Parameters<typeof fixture.company.transaction<T>>[1]) =>
  fixture.company.transaction({ role: 'service_role', organizationId: fixture.acme.id }, work);

/** Ends the run as the engine does: status and `onFinished` in one transaction. */
async function end(run: Run, how: 'failed' | 'cancelled', processed = 0): Promise<void> {
  await inside(async (tx) => {
    await tx.query('update sync_progress set processed_count = $2 where sync_id = $1', [
      run.id,
      processed,
    ]);
    await tx.query('update sync_job_queue set status = $2 where id = $1', [run.id, how]);
    await finishBackfill(tx, run, how);
  });
}

const unlocked = async (connection: string) => {
  const [row] = await fixture.rows<{ can: boolean }>(
    'select can_manual_sync as can from connections where id = $1',
    [connection],
  );
  return row?.can;
};

describe("the connection's own right", () => {
  test.each(['failed', 'cancelled'] as const)(
    'comes back when nothing was stored: %s',
    async (how) => {
      const { ana } = fixture.acme.members;
      const connection = await fixture.connect(ana);
      const { run } = await fixture.start(ana);
      await end(run, how);
      expect(await unlocked(connection)).toBe(true);
      expect(await outcome(fixture.start(ana))).toBe('started');
    },
  );

  test('stays used once a single message was stored', async () => {
    const { ana } = fixture.acme.members;
    const connection = await fixture.connect(ana);
    const { run } = await fixture.start(ana);
    await end(run, 'failed', 1);
    expect(await unlocked(connection)).toBe(false);
    await inside((tx) => takeRightAgain(tx, run));
    expect(await unlocked(connection)).toBe(false);
  });

  test('is taken again by a retry, and only once', async () => {
    const { ana } = fixture.acme.members;
    const connection = await fixture.connect(ana);
    const { run } = await fixture.start(ana);
    await end(run, 'failed');
    await inside((tx) => takeRightAgain(tx, run));
    expect(await unlocked(connection)).toBe(false);
    await end(run, 'failed');
    await fixture.start(ana);
    await expect(inside((tx) => takeRightAgain(tx, run))).rejects.toMatchObject({
      code: 'SYNC_LOCKED',
    });
  });
});

describe('a used override', () => {
  const failedRun = async (): Promise<{ connection: string; run: Run }> => {
    const { ana } = fixture.acme.members;
    const connection = await fixture.connectUsed(ana);
    await fixture.grant();
    await fixture.master.query(
      `update sync_permissions set override_expires_at = '2099-01-01T00:00:00Z'`,
    );
    const { run } = await fixture.start(ana);
    await end(run, 'failed');
    return { connection, run };
  };

  test('comes back with its expiry, once, audited once, and the connection stays locked', async () => {
    const { connection } = await failedRun();
    expect(await fixture.override()).toEqual({ value: null, claim: null });
    await Promise.all(Array.from({ length: 10 }, () => fixture.reconcile()));
    await fixture.reconcile();
    expect(await fixture.override()).toEqual({ value: true, claim: null });
    expect((await audit()).filter((event) => event === 'returned')).toHaveLength(1);
    const [row] = await fixture.master.query('select override_expires_at from sync_permissions');
    expect(row).toEqual({ override_expires_at: new Date('2099-01-01T00:00:00Z') });
    expect(await unlocked(connection)).toBe(false);
    const { ana } = fixture.acme.members;
    expect(await outcome(fixture.start(ana))).toBe('started');
  });

  test('is not given twice when the reconciler dies between its steps', async () => {
    const { run } = await failedRun();
    const [claim] = await fixture.rows<{ id: string }>(
      `select id from initial_sync_claim where state = 'returned'`,
    );
    // Dies after holding it in the master.
    expect(await holdSpentOverride(fixture.master, fixture.acme.id, claim?.id ?? '')).toBe('held');
    expect(await outcome(fixture.start(fixture.acme.members.ana))).toBe('OVERRIDE_UNAVAILABLE');
    // Dies after closing the claim too.
    await fixture.rows('update initial_sync_claim set settled_at = now() where id = $1', [
      claim?.id,
    ]);
    expect(await fixture.reconcile()).toBe(0);
    await fixture.age(61);
    expect(await fixture.reconcile()).toBe(1);
    expect(await fixture.override()).toEqual({ value: true, claim: null });
    const again = await fixture.start(fixture.acme.members.ana);
    expect(again.run.id).not.toBe(run.id);
    await fixture.age(61);
    await fixture.reconcile();
    expect(await fixture.override()).toEqual({ value: null, claim: null });
  });

  test('given back while the use was not yet noted in the master ends free, not doubled', async () => {
    const { ana } = fixture.acme.members;
    await fixture.connectUsed(ana);
    await fixture.grant();
    const { run } = await fixture.start(ana);
    // As if the master had been down since the start: the mark of the claim still stands.
    await fixture.master.query(
      `update sync_permissions set override_claimed_at = now(),
              override_claim_id = (select $1::uuid)`,
      [(await fixture.rows<{ id: string }>('select id from initial_sync_claim'))[0]?.id],
    );
    await fixture.rows('update initial_sync_claim set settled_at = null');
    await end(run, 'failed');
    await fixture.reconcile();
    expect(await fixture.override()).toEqual({ value: true, claim: null });
  });

  test('meets a newer grant: there is one override, not two', async () => {
    await failedRun();
    await fixture.grant();
    await fixture.reconcile();
    expect(await fixture.override()).toEqual({ value: true, claim: null });
    expect((await fixture.claims()).every(({ settled }) => settled)).toBe(true);
  });

  test('whose run is retried is refused: the way is a new start', async () => {
    const { run } = await failedRun();
    await expect(inside((tx) => takeRightAgain(tx, run))).rejects.toMatchObject({
      code: 'SYNC_LOCKED',
      message: expect.stringContaining('Start the sync anew'),
    });
  });
});
