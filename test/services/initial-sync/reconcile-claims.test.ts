import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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

const audit = async (): Promise<string[]> => (await fixture.audit()).slice(auditBefore);

/** Starts in a child process that kills itself with SIGKILL around one of its database calls. */
async function startAndDie(at: string): Promise<string> {
  const { ana } = fixture.acme.members;
  const child = fork(new URL('./support/start-and-die.ts', import.meta.url), [
    JSON.stringify({
      at,
      masterUrl: fixture.databases.masterUrl,
      companyUrl: fixture.databases.companyUrl,
      userId: ana.id,
      organizationId: fixture.acme.id,
    }),
  ]);
  const [code, signal] = await once(child, 'exit');
  return signal ?? `exit ${code}`;
}

/** Every boundary between the databases, before and after each call; what must be true at the end. */
const boundaries = [
  { at: 'before open-claim', started: false, audit: ['granted'] },
  { at: 'after open-claim', started: false, audit: ['granted'] },
  { at: 'before claim-override', started: false, audit: ['granted'] },
  { at: 'after claim-override', started: false, audit: ['granted', 'used', 'returned'] },
  { at: 'before begin', started: false, audit: ['granted', 'used', 'returned'] },
  { at: 'inside begin', started: false, audit: ['granted', 'used', 'returned'] },
  { at: 'after begin', started: true, audit: ['granted', 'used', 'settled'] },
  { at: 'before settle-override', started: true, audit: ['granted', 'used', 'settled'] },
  { at: 'after settle-override', started: true, audit: ['granted', 'used', 'settled'] },
  { at: 'before settle-claim', started: true, audit: ['granted', 'used', 'settled'] },
] as const;

describe('a process that is killed between the databases', () => {
  test.each(boundaries)('$at: run and override agree', async (boundary) => {
    const { ana } = fixture.acme.members;
    const connection = await fixture.connectUsed(ana);
    await fixture.grant();
    expect(await startAndDie(boundary.at)).toBe('SIGKILL');

    // What is undecided belongs to a live start for a minute; then it is settled, once.
    await fixture.reconcile();
    await fixture.age(61);
    await fixture.reconcile();
    await fixture.age(61);
    await fixture.reconcile();
    expect(await fixture.reconcile()).toBe(0);

    expect(await fixture.runs(connection)).toHaveLength(boundary.started ? 2 : 1);
    expect(await fixture.override()).toEqual({
      value: boundary.started ? null : true,
      claim: null,
    });
    expect(await audit()).toEqual(boundary.audit);
    expect((await fixture.claims()).every(({ settled }) => settled)).toBe(true);
    expect(await outcome(fixture.start(ana))).toBe(
      boundary.started ? 'SYNC_ALREADY_RUNNING' : 'started',
    );
  });
});

describe('reconciling', () => {
  test('leaves a young claim of a live start alone', async () => {
    const { ana } = fixture.acme.members;
    await fixture.connectUsed(ana);
    await fixture.grant();
    await startAndDie('before begin');
    await fixture.age(30);
    expect(await fixture.reconcile()).toBe(0);
    expect(await fixture.claims()).toMatchObject([{ state: 'claiming' }]);
    expect(await fixture.override()).toMatchObject({ value: null, claim: expect.any(String) });
  });

  test('by many at once gives back once and audits once', async () => {
    const { ana } = fixture.acme.members;
    await fixture.connectUsed(ana);
    await fixture.grant();
    await startAndDie('before begin');
    await fixture.age(61);
    await Promise.all(Array.from({ length: 20 }, () => fixture.reconcile()));
    expect(await audit()).toEqual(['granted', 'used', 'returned']);
    expect(await fixture.override()).toEqual({ value: true, claim: null });
  });

  test('beside 50 live starts never takes the override from under the winner', async () => {
    const { ana } = fixture.acme.members;
    const connection = await fixture.connectUsed(ana);
    await fixture.grant();
    const [outcomes] = await Promise.all([
      Promise.all(Array.from({ length: 50 }, () => outcome(fixture.start(ana)))),
      Promise.all(Array.from({ length: 20 }, () => fixture.reconcile())),
    ]);
    expect(outcomes.filter((one) => one === 'started')).toHaveLength(1);
    expect(await fixture.runs(connection)).toHaveLength(2);
    expect((await audit()).filter((event) => event === 'used')).toHaveLength(1);
    expect((await audit()).filter((event) => event === 'returned')).toHaveLength(0);
  });

  test('an override held for a claim that no database knows is given back', async () => {
    await fixture.grant();
    await fixture.master.query(
      `update sync_permissions set can_manual_sync_override = null,
              override_claim_id = gen_random_uuid(), override_claimed_at = now()`,
    );
    expect(await fixture.reconcile()).toBe(0);
    await fixture.age(61);
    expect(await fixture.reconcile()).toBe(1);
    expect(await fixture.override()).toEqual({ value: true, claim: null });
  });

  test('an explicit false that an operator wrote meanwhile stands', async () => {
    const { ana } = fixture.acme.members;
    await fixture.connectUsed(ana);
    await fixture.grant();
    await startAndDie('before begin');
    await fixture.grant(false);
    await fixture.age(61);
    await fixture.reconcile();
    expect(await fixture.override()).toEqual({ value: false, claim: null });
  });
});
