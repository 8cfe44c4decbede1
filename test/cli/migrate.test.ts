import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { registerDatabase } from '../../src/cli/db.ts';
import { registerMigrate } from '../../src/cli/migrate.ts';
import { loadMigrations } from '../../src/database/migrate/migrations.ts';
import { createEmptyDatabase, withOwner } from '../support/database.ts';

let master: Awaited<ReturnType<typeof createEmptyDatabase>>;
let company: Awaited<ReturnType<typeof createEmptyDatabase>>;
let own: Awaited<ReturnType<typeof createEmptyDatabase>>;

beforeEach(async () => {
  [master, company, own] = [
    await createEmptyDatabase(),
    await createEmptyDatabase(),
    await createEmptyDatabase(),
  ];
});
afterEach(async () => {
  process.exitCode = undefined;
  for (const database of [master, company, own]) await database.drop();
});

/** Runs one command line in this process; what it wrote to stdout, and its exit code. */
async function lockstep(...args: string[]): Promise<{ out: string; code: number }> {
  const program = new Command().option('--json').exitOverride();
  registerMigrate(program, {
    open: async () => ({
      masterUrl: master.url,
      companyUrl: company.url,
      unseal: (sealed) => sealed,
      close: async () => undefined,
    }),
  });
  registerDatabase(program, {
    url: async (_command, line) => (line === 'master' ? master : company).url,
  });
  process.exitCode = undefined;
  let out = '';
  const quiet = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    out += String(chunk);
    return true;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } finally {
    quiet.mockRestore();
  }
  return { out, code: Number(process.exitCode ?? 0) };
}

const json = async (...args: string[]) => {
  const { out, code } = await lockstep('--json', ...args);
  return { code, document: JSON.parse(out) };
};

test('status lists every migration, pending and then applied', async () => {
  const names = async (line: 'master' | 'company') =>
    (await loadMigrations(line)).map(({ name }) => name);
  const expected = (state: string) => async () => [
    ...(await names('master')).map((name) => ({ database: 'master', name, state })),
    ...(await names('company')).map((name) => ({ database: 'company', name, state })),
  ];
  expect(await json('migrate', 'status')).toEqual({
    code: 0,
    document: await expected('pending')(),
  });
  await lockstep('migrate', 'up');
  expect(await json('migrate', 'status')).toEqual({
    code: 0,
    document: await expected('applied')(),
  });
});

test("up, verify and test cover a company's own database too", async () => {
  await lockstep('migrate', 'up', '--database', 'master');
  await withOwner(master.url, (client) =>
    client.query(`insert into companies (name, slug, database_url) values ('Own', 'own', $1)`, [
      own.url,
    ]),
  );
  const up = await json('migrate', 'up');
  expect(up.document.map((row: { database: string }) => row.database)).toEqual([
    'master',
    'company',
    'company:own',
  ]);
  expect(await json('migrate', 'verify')).toEqual({ code: 0, document: [] });
  await withOwner(own.url, (client) => client.query('drop index sync_error_log_user_id_idx'));
  expect(await json('migrate', 'verify')).toMatchObject({
    code: 3,
    document: [{ database: 'company:own', drift: 'missing' }],
  });
  const checked = await json('migrate', 'test', '--database', 'company');
  expect(checked.code).toBe(0);
  expect(checked.document.every((row: { passed: boolean }) => row.passed)).toBe(true);
});

test('rollback needs --yes without a terminal, and goes down to a name or to zero', async () => {
  await lockstep('migrate', 'up');
  const refused = await json('migrate', 'rollback', '--database', 'company');
  expect(refused).toMatchObject({ code: 2, document: { error: { code: 'BAD_USER_INPUT' } } });
  const names = (await loadMigrations('company')).map(({ name }) => name);
  const newest = await json('migrate', 'rollback', '--yes', '--database', 'company');
  expect(newest.document).toEqual([{ database: 'company', undone: names.slice(-1) }]);
  await json('migrate', 'rollback', '--yes', '--to', '20260101000200_accounts');
  const states = (await json('migrate', 'status', '--database', 'company')).document;
  expect(states.filter((row: { state: string }) => row.state === 'applied')).toHaveLength(3);
  const all = await json('migrate', 'rollback', '--yes', '--to', 'zero');
  expect(all.document.map((row: { database: string }) => row.database)).toEqual([
    'company',
    'master',
  ]);
  expect((await lockstep('migrate', 'up')).code).toBe(0);
});

test('an unknown migration is a usage error with a hint', async () => {
  const { code, document } = await json('migrate', 'up', '--to', 'nope');
  expect(code).toBe(2);
  expect(document.error.message).toContain('migrate status');
});

test('db url prints the connection string and nothing else', async () => {
  expect(await lockstep('db', 'url')).toEqual({ out: `${company.url}\n`, code: 0 });
  expect(await lockstep('db', 'url', '--database', 'master')).toEqual({
    out: `${master.url}\n`,
    code: 0,
  });
});
