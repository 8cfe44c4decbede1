import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { registerOverride } from '../../src/cli/override.ts';
import { openMasterDatabase } from '../../src/database/master.ts';
import { createLog } from '../../src/log.ts';
import { overrideAdministration } from '../../src/services/overrides/administration.ts';
import { createDatabases, type TestDatabases } from '../support/database.ts';
import { seedTenants } from '../support/tenants.ts';

const log = createLog({ level: 'silent', format: 'json' });
let databases: TestDatabases;
let acme: string;

beforeAll(async () => {
  databases = await createDatabases();
  acme = (await seedTenants(databases)).acme.id;
});
afterAll(() => databases.drop());

let stdout = '';
let stderr = '';
beforeEach(() => {
  stdout = '';
  stderr = '';
  process.exitCode = undefined;
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** Runs the command line over the real master database; returns the exit code it asked for. */
async function lockstep(args: readonly string[], companyId: string | null = null) {
  const program = new Command('lockstep').option('--json').exitOverride();
  registerOverride(program, {
    clock: () => new Date(),
    open: async () => {
      const master = openMasterDatabase({ url: databases.masterUrl, log });
      return {
        overrides: overrideAdministration(master, () => new Date()),
        companyId,
        close: () => master.close(),
      };
    },
  });
  await program.parseAsync(['override', ...args], { from: 'user' });
  return process.exitCode ?? 0;
}

describe('lockstep override', () => {
  test('grant, list and revoke, each one JSON document with --json', async () => {
    const grant = ['grant', '--company', 'acme', '--reason', 'moved', '--expires', '24h', '--json'];
    expect(await lockstep(grant)).toBe(0);
    const granted = JSON.parse(stdout);
    expect(granted).toMatchObject({
      companyId: acme,
      active: true,
      reason: 'moved',
      grantedBy: expect.stringMatching(/^cli/),
    });
    const hours = (Date.parse(granted.expiresAt) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(24);

    stdout = '';
    expect(await lockstep(['list', '--json'])).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ companySlug: 'acme', active: true }]);

    stdout = '';
    expect(await lockstep(['revoke', '--company', acme, '--json'])).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ revoked: true, active: false });
  });

  test('for people it is one line, and a second revocation says that nothing was there', async () => {
    expect(await lockstep(['grant', '--reason', 'x'], acme)).toBe(0);
    expect(stdout).toBe('granted: acme  active  x\n');
    await lockstep(['revoke'], acme);
    stdout = '';
    expect(await lockstep(['revoke'], acme)).toBe(0);
    expect(stdout).toContain('nothing to revoke');
  });

  test('an unknown company fails with 1, as a JSON document with --json', async () => {
    expect(await lockstep(['grant', '--company', 'nobody', '--reason', 'x', '--json'])).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'NOT_FOUND', message: expect.stringContaining('no active company') },
    });
    expect(stderr).toBe('');
  });

  test('several companies, a bad expiry and an empty reason are usage faults: 2', async () => {
    expect(await lockstep(['grant', '--reason', 'x'])).toBe(2);
    expect(await lockstep(['grant', '--company', 'acme', '--reason', ' '])).toBe(2);
    expect(
      await lockstep(['grant', '--company', 'acme', '--reason', 'x', '--expires', 'soon']),
    ).toBe(2);
    expect(stderr).toContain('--expires "soon"');
    expect(stdout).toBe('');
  });

  test('a missing reason is told by name before any database is asked', async () => {
    await expect(lockstep(['grant', '--company', 'acme'])).rejects.toMatchObject({
      code: 'commander.missingMandatoryOptionValue',
    });
  });
});
