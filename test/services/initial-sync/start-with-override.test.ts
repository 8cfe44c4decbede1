import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { revokeOverride } from '../../../src/services/overrides/revoke-override.ts';
import { createStartFixture, outcome, type StartFixture, tally } from './support/start-fixture.ts';

let fixture: StartFixture;
let auditBefore = 0;
beforeAll(async () => {
  fixture = await createStartFixture();
});
afterAll(() => fixture.close());
beforeEach(async () => {
  await reset();
});

async function reset(): Promise<void> {
  await fixture.rows('delete from initial_sync_claim');
  await fixture.rows('delete from sync_job_queue');
  await fixture.rows('delete from connections');
  await fixture.grant(null);
  auditBefore = (await fixture.audit()).length;
}

/** Events since the beginning of the test. */
const audit = async (): Promise<string[]> => (await fixture.audit()).slice(auditBefore);

const callers = 50;
const rounds = 20;

describe('an override', () => {
  test('lets a locked connection start once, with its use in run, claim and audit', async () => {
    const { ana } = fixture.acme.members;
    const connection = await fixture.connectUsed(ana);
    await fixture.grant();
    const { run } = await fixture.start(ana);
    expect(run).toMatchObject({ usesOverride: true, status: 'queued' });
    expect(await fixture.override()).toEqual({ value: null, claim: null });
    expect(await fixture.claims()).toEqual([{ state: 'started', settled: true, run_id: run.id }]);
    expect(await audit()).toEqual(['granted', 'used', 'settled']);
    await fixture.rows(`update sync_job_queue set status = 'completed'`);
    expect(await outcome(fixture.start(ana))).toBe('SYNC_LOCKED');
    expect(await fixture.runs(connection)).toHaveLength(2);
  });

  test('is not touched by a connection that is still unlocked', async () => {
    const { ana } = fixture.acme.members;
    await fixture.connect(ana);
    await fixture.grant();
    const { run } = await fixture.start(ana);
    expect(run.usesOverride).toBe(false);
    expect(await fixture.override()).toEqual({ value: true, claim: null });
    expect(await audit()).toEqual(['granted']);
  });

  test('is not touched by a start that meets a running sync', async () => {
    const { ana } = fixture.acme.members;
    await fixture.connect(ana);
    await fixture.start(ana);
    await fixture.grant();
    expect(await outcome(fixture.start(ana))).toBe('SYNC_ALREADY_RUNNING');
    expect(await fixture.override()).toEqual({ value: true, claim: null });
  });

  test('that has expired counts as none', async () => {
    const { ana } = fixture.acme.members;
    await fixture.connectUsed(ana);
    await fixture.grant();
    await fixture.master.query(
      `update sync_permissions set override_expires_at = now() - interval '1 second'`,
    );
    expect(await outcome(fixture.start(ana))).toBe('SYNC_LOCKED');
    await fixture.master.query(
      `update sync_permissions set override_expires_at = now() + interval '1 hour'`,
    );
    expect(await outcome(fixture.start(ana))).toBe('started');
  });

  test("of another company helps nobody's connection", async () => {
    const { ana } = fixture.acme.members;
    await fixture.connectUsed(ana);
    await fixture.master.query(
      `insert into sync_permissions (company_id, can_manual_sync_override) values ($1, true)`,
      [fixture.globex.id],
    );
    expect(await outcome(fixture.start(ana))).toBe('SYNC_LOCKED');
  });
});

describe('races', () => {
  test(`of ${callers} starts exactly one uses the override, ${rounds} times in a row`, async () => {
    const { ana } = fixture.acme.members;
    for (let round = 0; round < rounds; round += 1) {
      await reset();
      const connection = await fixture.connectUsed(ana);
      await fixture.grant();
      const outcomes = await Promise.all(
        Array.from({ length: callers }, () => outcome(fixture.start(ana))),
      );
      const { started, SYNC_ALREADY_RUNNING = 0, SYNC_LOCKED = 0, ...others } = tally(outcomes);
      expect({ started, others }).toEqual({ started: 1, others: {} });
      expect(SYNC_ALREADY_RUNNING + SYNC_LOCKED).toBe(callers - 1);
      expect(await fixture.runs(connection)).toHaveLength(2);
      expect(await fixture.override()).toEqual({ value: null, claim: null });
      expect((await audit()).filter((event) => event === 'used')).toHaveLength(1);
      expect((await audit()).filter((event) => event === 'returned')).toHaveLength(0);
    }
  });

  test('of two providers with one override exactly one wins', async () => {
    const { ana } = fixture.acme.members;
    for (let round = 0; round < rounds; round += 1) {
      await reset();
      await fixture.connectUsed(ana, 'outlook');
      await fixture.connectUsed(ana, 'gmail');
      await fixture.grant();
      const outcomes = await Promise.all([
        outcome(fixture.start(ana, 'outlook')),
        outcome(fixture.start(ana, 'gmail')),
      ]);
      expect(outcomes.toSorted()).toEqual(['SYNC_LOCKED', 'started']);
      expect(await audit()).toEqual(['granted', 'used', 'settled']);
    }
  });

  test('the same key used by many gets one run and one use', async () => {
    const { ana } = fixture.acme.members;
    await fixture.connectUsed(ana);
    await fixture.grant();
    const answers = await Promise.all(
      Array.from({ length: callers }, () => fixture.start(ana, 'outlook', 'again')),
    );
    expect(new Set(answers.map(({ run }) => run.id)).size).toBe(1);
    expect((await audit()).filter((event) => event === 'used')).toHaveLength(1);
  });

  test('revoked while used: one outcome, and the audit tells which', async () => {
    const { ana } = fixture.acme.members;
    const seen = new Set<string>();
    for (let round = 0; round < rounds; round += 1) {
      await reset();
      await fixture.connectUsed(ana);
      await fixture.grant();
      const [started, revoked] = await Promise.all([
        outcome(fixture.start(ana)),
        revokeOverride(fixture.master, { companyId: 'acme', by: 'olga' }).then(
          (answer) => answer.revoked,
          () => false,
        ),
      ]);
      seen.add(started);
      expect(started === 'started').toBe(!revoked);
      expect(await audit()).toEqual(
        revoked ? ['granted', 'revoked'] : ['granted', 'used', 'settled'],
      );
      expect(await fixture.override()).toEqual({ value: null, claim: null });
    }
    expect(seen.size).toBeGreaterThan(0);
  });

  test('a grant that comes while the one before is used stays for the next start', async () => {
    const { ana } = fixture.acme.members;
    await fixture.connectUsed(ana);
    await fixture.grant();
    await Promise.all([fixture.start(ana), fixture.grant()]);
    await fixture.rows(`update sync_job_queue set status = 'completed'`);
    await fixture.grant();
    expect(await outcome(fixture.start(ana))).toBe('started');
  });
});
