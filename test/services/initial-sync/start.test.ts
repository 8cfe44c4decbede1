import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SyncLockedError } from '../../../src/services/initial-sync/start-errors.ts';
import {
  createStartFixture,
  outcome,
  type StartFixture,
  tally,
  unreachableMaster,
} from './support/start-fixture.ts';

let fixture: StartFixture;
beforeAll(async () => {
  fixture = await createStartFixture();
});
afterAll(() => fixture.close());
beforeEach(async () => {
  await fixture.rows('delete from sync_job_queue');
  await fixture.rows('delete from connections');
  await fixture.grant(null);
});

const callers = 50;
const rounds = 20;

describe('starting an unlocked connection', () => {
  test('answers with run, window and lock, and writes all of it in one go', async () => {
    const { ana } = fixture.acme.members;
    const connection = await fixture.connect(ana);
    const started = await fixture.start(ana);
    expect(started).toMatchObject({
      status: 'started',
      provider: 'outlook',
      backfillDays: 365,
      locked: true,
      message: expect.stringContaining('365 days'),
      run: { status: 'queued', kind: 'initial_mail', targetId: connection, usesOverride: false },
    });
    const [row] = await fixture.rows<Record<string, unknown>>(
      `select c.can_manual_sync, c.locked_by, c.sync_lock_reason, p.status, c.initial_sync_started_at,
              (q.input ->> 'windowFrom')::timestamptz as from,
              (select count(*)::int from pgboss.job where data ->> 'runId' = q.id::text) as jobs
         from connections c join sync_job_queue q on q.target_id = c.id
         join sync_progress p on p.sync_id = q.id::text where c.id = $1`,
      [connection],
    );
    expect(row).toMatchObject({
      can_manual_sync: false,
      locked_by: ana.id,
      sync_lock_reason: expect.stringContaining('365 days of Outlook mail'),
      status: 'queued',
      jobs: 1,
    });
    const days = (Number(row?.['initial_sync_started_at']) - Number(row?.['from'])) / 86_400_000;
    expect(days).toBeGreaterThanOrEqual(365);
    expect(days).toBeLessThan(365.0001);
  });

  test(`of ${callers} concurrent starts exactly one wins, ${rounds} times in a row`, async () => {
    const { ana } = fixture.acme.members;
    for (let round = 0; round < rounds; round += 1) {
      await fixture.rows('delete from sync_job_queue');
      await fixture.rows('delete from connections');
      const connection = await fixture.connect(ana);
      const outcomes = await Promise.all(
        Array.from({ length: callers }, () => outcome(fixture.start(ana))),
      );
      const { started, SYNC_ALREADY_RUNNING = 0, SYNC_LOCKED = 0, ...others } = tally(outcomes);
      expect({ started, others }).toEqual({ started: 1, others: {} });
      expect(SYNC_ALREADY_RUNNING + SYNC_LOCKED).toBe(callers - 1);
      expect(await fixture.runs(connection)).toHaveLength(1);
    }
  });

  test('works while the master database is down', async () => {
    const { ana } = fixture.acme.members;
    await fixture.connect(ana);
    const master = unreachableMaster();
    const started = await fixture.start(ana, 'outlook', undefined, {
      ...fixture.dependencies,
      master,
    });
    expect(started.status).toBe('started');
    await master.close();
  });

  test('a live run that was made elsewhere refuses the start and leaves the right untouched', async () => {
    const { ana } = fixture.acme.members;
    const connection = await fixture.connect(ana);
    await fixture.rows(
      `insert into sync_job_queue (org_id, kind, target_id, entity_type, source_system, status)
       values ($1, 'initial_mail', $2, 'message', 'outlook', 'running')`,
      [fixture.acme.id, connection],
    );
    expect(await outcome(fixture.start(ana))).toBe('SYNC_ALREADY_RUNNING');
    const [row] = await fixture.rows('select can_manual_sync from connections');
    expect(row).toEqual({ can_manual_sync: true });
  });
});

describe('idempotency keys', () => {
  test('the same key gets the same answer, also concurrently and after the end', async () => {
    const { ana } = fixture.acme.members;
    const connection = await fixture.connect(ana);
    const answers = await Promise.all(
      Array.from({ length: callers }, () => fixture.start(ana, 'outlook', 'key-1')),
    );
    expect(new Set(answers.map(({ run }) => run.id)).size).toBe(1);
    await fixture.rows(`update sync_job_queue set status = 'completed'`);
    const later = await fixture.start(ana, 'outlook', 'key-1');
    expect(later.run.id).toBe(answers[0]?.run.id);
    expect(await fixture.runs(connection)).toHaveLength(1);
  });

  test("two members' equal keys do not meet, and another provider's use is refused", async () => {
    const { ana, ben } = fixture.acme.members;
    await fixture.connect(ana);
    await fixture.connect(ben);
    await fixture.connect(ana, 'gmail');
    const one = await fixture.start(ana, 'outlook', 'key-2');
    const two = await fixture.start(ben, 'outlook', 'key-2');
    expect(two.run.id).not.toBe(one.run.id);
    expect(await outcome(fixture.start(ana, 'gmail', 'key-2'))).toBe('IDEMPOTENCY_MISMATCH');
  });

  test('a key that is empty or too long is refused by name', async () => {
    const { ana } = fixture.acme.members;
    await fixture.connect(ana);
    for (const key of [' ', 'k'.repeat(256), 'a\0b']) {
      await expect(fixture.start(ana, 'outlook', key)).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        details: { field: 'idempotencyKey' },
      });
    }
  });
});

describe('refusals', () => {
  test('a used connection is locked, with who, when, why and who can unlock', async () => {
    const { ana } = fixture.acme.members;
    await fixture.connectUsed(ana);
    const refused = await fixture.start(ana).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SyncLockedError);
    expect(refused).toMatchObject({
      code: 'SYNC_LOCKED',
      lockedAt: expect.any(Date),
      lockedBy: 'ana',
      reason: expect.stringContaining('can be read once'),
      unlockHint: expect.stringContaining('override'),
    });
  });

  test('an override of false means the same as none', async () => {
    const { ana } = fixture.acme.members;
    await fixture.connectUsed(ana);
    await fixture.grant(false);
    expect(await outcome(fixture.start(ana))).toBe('SYNC_LOCKED');
    expect(await fixture.override()).toEqual({ value: false, claim: null });
  });

  test('a locked connection hears that the override cannot be checked, not that it is locked', async () => {
    const { ana } = fixture.acme.members;
    await fixture.connectUsed(ana);
    const master = unreachableMaster();
    const parts = { ...fixture.dependencies, master };
    expect(await outcome(fixture.start(ana, 'outlook', undefined, parts))).toBe(
      'OVERRIDE_UNAVAILABLE',
    );
    await master.close();
  });

  test('not connected, disconnected and a dead consent have their own codes', async () => {
    const { ana, ben } = fixture.acme.members;
    expect(await outcome(fixture.start(ana))).toBe('NOT_CONNECTED');
    const connection = await fixture.connect(ana);
    const set = (status: string) =>
      fixture.rows('update connections set status = $2 where id = $1', [connection, status]);
    await set('disconnected');
    expect(await outcome(fixture.start(ana))).toBe('NOT_CONNECTED');
    await set('reconnect_required');
    expect(await outcome(fixture.start(ana))).toBe('RECONNECT_REQUIRED');
    expect(await outcome(fixture.start(ben))).toBe('NOT_CONNECTED');
    expect(await fixture.runs(connection)).toEqual([]);
  });

  test('a deactivated member and one who left cannot start', async () => {
    const { ben } = fixture.acme.members;
    await fixture.connect(ben);
    await fixture.rows('update user_profiles set is_active = false where user_id = $1', [ben.id]);
    expect(await outcome(fixture.start(ben))).toBe('FORBIDDEN');
    await fixture.rows('update user_profiles set is_active = true where user_id = $1', [ben.id]);
    await fixture.rows('delete from user_organizations where user_id = $1', [ben.id]);
    expect(await outcome(fixture.start(ben))).toBe('FORBIDDEN');
    await fixture.rows(
      'insert into user_organizations (user_id, organization_id) values ($1, $2)',
      [ben.id, fixture.acme.id],
    );
    expect(await outcome(fixture.start(ben))).toBe('started');
  });
});
