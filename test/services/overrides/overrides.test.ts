import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type MasterDatabase, openMasterDatabase } from '../../../src/database/master.ts';
import { createLog } from '../../../src/log.ts';
import {
  type OverrideAdministration,
  overrideAdministration,
} from '../../../src/services/overrides/administration.ts';
import { claimOverride } from '../../../src/services/overrides/claim-override.ts';
import { createDatabases, type TestDatabases } from '../../support/database.ts';
import { seedTenants } from '../../support/tenants.ts';

const now = new Date('2026-11-21T12:00:00Z');
const log = createLog({ level: 'silent', format: 'json' });

let databases: TestDatabases;
let master: MasterDatabase;
let overrides: OverrideAdministration;
let acme: string;

beforeAll(async () => {
  databases = await createDatabases();
  acme = (await seedTenants(databases)).acme.id;
  master = openMasterDatabase({ url: databases.masterUrl, log });
  overrides = overrideAdministration(master, () => now);
});
afterAll(async () => {
  await master.close();
  await databases.drop();
});
let auditBefore = '0';
beforeEach(async () => {
  await master.query('delete from sync_permissions');
  const [last] = await master.query<{ sequence: string }>(
    'select coalesce(max(sequence), 0)::text as sequence from sync_permission_audit',
  );
  auditBefore = last?.sequence ?? '0';
});

/** Events since the beginning of the test. */
const audit = () =>
  master.query<{ event: string; actor: string | null; reason: string | null }>(
    `select event, actor, reason from sync_permission_audit
      where sequence > $1::bigint order by sequence`,
    [auditBefore],
  );

describe('granting', () => {
  test('by id and by slug names the same company; twice leaves one override, both audited', async () => {
    const first = await overrides.grant({ companyId: acme, reason: 'one', by: 'olga' });
    const second = await overrides.grant({ companyId: 'acme', reason: ' two ', by: 'cli:root' });
    expect(second).toMatchObject({
      id: first.id,
      companyId: acme,
      companySlug: 'acme',
      active: true,
      reason: 'two',
      grantedBy: 'cli:root',
      grantedAt: expect.any(Date),
      expiresAt: null,
    });
    expect((await audit()).map(({ actor, reason }) => [actor, reason])).toEqual([
      ['olga', 'one'],
      ['cli:root', 'two'],
    ]);
  });

  test('with an expiry in the past, no reason or an unknown company is refused by name', async () => {
    const grant = (input: object) => overrides.grant({ reason: 'r', by: 'o', ...input });
    await expect(grant({ companyId: 'acme', expiresAt: now })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field: 'expiresAt' },
    });
    await expect(grant({ companyId: 'acme', expiresAt: new Date('x') })).rejects.toMatchObject({
      details: { field: 'expiresAt' },
    });
    await expect(grant({ companyId: 'acme', reason: ' \0 ' })).rejects.toMatchObject({
      details: { field: 'reason' },
    });
    await expect(grant({ companyId: 'acme', reason: 'r'.repeat(501) })).rejects.toMatchObject({
      details: { field: 'reason', limit: 500 },
    });
    await expect(grant({ companyId: 'nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(grant({ companyId: undefined })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field: 'companyId' },
    });
    expect(await overrides.list()).toEqual([]);
  });

  test('an expired one is listed as not active', async () => {
    await overrides.grant({
      companyId: acme,
      reason: 'r',
      by: 'o',
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    expect(await overrides.list({ active: true })).toHaveLength(1);
    await master.query(
      `update sync_permissions set override_expires_at = now() - interval '1 minute'`,
    );
    expect(await overrides.list({ active: true })).toEqual([]);
    expect(await overrides.list({ company: 'acme', active: false })).toHaveLength(1);
    expect(await overrides.list({ company: 'globex' })).toEqual([]);
  });
});

describe('revoking', () => {
  test('takes an unused override back and names who did it', async () => {
    await overrides.grant({ companyId: acme, reason: 'why', by: 'olga' });
    const { revoked, override } = await overrides.revoke({ companyId: acme, by: 'adam' });
    expect(revoked).toBe(true);
    expect(override).toMatchObject({ active: false });
    expect((await audit()).map(({ event, actor }) => [event, actor])).toEqual([
      ['granted', 'olga'],
      ['revoked', 'adam'],
    ]);
  });

  test('without an override changes nothing', async () => {
    expect(await overrides.revoke({ companyId: acme, by: 'a' })).toEqual({
      revoked: false,
      override: null,
    });
    await overrides.grant({ companyId: acme, reason: 'why', by: 'olga' });
    await overrides.revoke({ companyId: acme, by: 'adam' });
    expect(await overrides.revoke({ companyId: acme, by: 'adam' })).toMatchObject({
      revoked: false,
    });
    expect(await audit()).toHaveLength(2);
  });

  test('is refused while a start holds the override, because one outcome must stand', async () => {
    await overrides.grant({ companyId: acme, reason: 'why', by: 'olga' });
    const claim = 'aaaaaaaa-0000-4000-8000-000000000001';
    expect(await claimOverride(master, acme, claim, 'ana')).toEqual({ expiresAt: null });
    expect(await claimOverride(master, acme, claim, 'ana')).toEqual({ expiresAt: null });
    await expect(overrides.revoke({ companyId: acme, by: 'adam' })).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { retryAfterSeconds: 120 },
    });
    expect((await audit()).map(({ event }) => event)).toEqual(['granted', 'used']);
  });
});

describe('an operator with plain SQL', () => {
  test('grants by upsert on company_id, over a revoked, used or expired one', async () => {
    const upsert = () =>
      master.query(
        `insert into sync_permissions (company_id, can_manual_sync_override, override_reason)
         values ($1, true, 'sql')
         on conflict (company_id) do update set can_manual_sync_override = true`,
        [acme],
      );
    await upsert();
    expect(await overrides.list({ active: true })).toHaveLength(1);
    await overrides.revoke({ companyId: acme, by: 'adam' });
    await upsert();
    expect(await overrides.list({ active: true })).toMatchObject([{ reason: 'sql' }]);
  });
});
