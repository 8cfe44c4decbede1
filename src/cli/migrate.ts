import { createInterface } from 'node:readline/promises';
import { type Command, Option } from 'commander';
import type { MigrationLine } from '../database/migrate/migrations.ts';
import { migrateRollback, plannedRollback } from '../database/migrate/rollback.ts';
import { testDatabase } from '../database/migrate/self-test.ts';
import { migrationStatus } from '../database/migrate/status.ts';
import {
  chosenLines,
  type DatabaseChoice,
  databaseChoices,
  type MigrationTarget,
  migrationTargets,
  type TargetSources,
} from '../database/migrate/targets.ts';
import { migrateUp } from '../database/migrate/up.ts';
import { verifyDatabase } from '../database/migrate/verify.ts';
import { LockstepError } from '../errors.ts';
import { answer, exitCodes, reportFailure } from './output.ts';

export interface MigrateCommandParts {
  /** The two databases for one command: configured, or embedded and started if need be. */
  open(command: Command): Promise<TargetSources & { close(): Promise<void> }>;
}

interface MigrateOptions {
  readonly database: DatabaseChoice;
  readonly to?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Adds `migrate up|status|verify|test|rollback`. Sets the process's exit code. */
export function registerMigrate(program: Command, parts: MigrateCommandParts): void {
  const migrate = program
    .command('migrate')
    .description('Bring the databases to this version, inspect them, or go back');

  const add = (
    name: string,
    description: string,
    example: string,
    work: (sources: TargetSources, options: MigrateOptions) => Promise<void>,
  ): Command =>
    migrate
      .command(name)
      .description(description)
      .addOption(
        new Option('--database <which>', 'which line of migrations')
          .choices(databaseChoices)
          .default('all'),
      )
      .addHelpText('after', `\nExample:\n  lockstep migrate ${example}`)
      .action(async function action(this: Command): Promise<void> {
        const options = this.optsWithGlobals<MigrateOptions>();
        try {
          const opened = await parts.open(this);
          try {
            await work(opened, options);
          } finally {
            await opened.close();
          }
        } catch (error) {
          process.exitCode = reportFailure(error, options.json ?? false);
        }
      });

  add('up', 'Apply what is missing', 'up --database company', up).option(
    '--to <name>',
    'up to and including this migration',
  );
  add('status', 'List every migration and its state', 'status --json', status);
  add(
    'verify',
    'Compare tables, policies, functions and triggers with this version',
    'verify',
    verify,
  );
  add('test', 'Check the databases end to end; nothing stays', 'test', test);
  add('rollback', 'Undo the newest migration', 'rollback --to zero --yes', rollback)
    .option('--to <name>', 'undo everything after this migration; "zero" undoes all')
    .option('--yes', 'do not ask');
}

async function up(sources: TargetSources, options: MigrateOptions): Promise<void> {
  const results: { database: string; applied: readonly string[] }[] = [];
  for (const line of await chosenLines(options.database, options.to)) {
    for (const target of await migrationTargets(sources, line)) {
      const applied = await migrateUp(target.url, line, { to: options.to });
      results.push({ database: target.database, applied });
    }
  }
  const text = results.map(({ database, applied }) =>
    applied.length === 0
      ? `${database}: nothing to do`
      : applied.map((name) => `${database}: ${name} applied`).join('\n'),
  );
  answer(options.json ?? false, results, text.join('\n'));
}

async function status(sources: TargetSources, options: MigrateOptions): Promise<void> {
  const rows = await each(sources, options.database, async ({ database, url, line }) =>
    (await migrationStatus(url, line)).map((row) => ({ database, ...row })),
  );
  const text = rows.map((row) => `${row.database}  ${row.name}  ${row.state}`).join('\n');
  answer(options.json ?? false, rows, text);
  if (rows.some((row) => row.state !== 'applied' && row.state !== 'pending')) {
    process.exitCode = exitCodes.attention;
  }
}

async function verify(sources: TargetSources, options: MigrateOptions): Promise<void> {
  const drifts = await each(sources, options.database, async ({ database, url, line }) =>
    (await verifyDatabase(url, line)).map((drift) => ({ database, ...drift })),
  );
  const text = drifts.map((row) => `${row.database}  ${row.drift}  ${row.object}`).join('\n');
  answer(options.json ?? false, drifts, text || 'everything is as the migrations made it');
  if (drifts.length > 0) process.exitCode = exitCodes.attention;
}

async function test(sources: TargetSources, options: MigrateOptions): Promise<void> {
  const rows = await each(sources, options.database, async ({ database, url, line }) =>
    (await testDatabase(url, line)).map((row) => ({ database, ...row })),
  );
  const text = rows.map(
    (row) => `${row.database}  ${row.passed ? 'ok' : `FAILED (${row.problem})`}  ${row.name}`,
  );
  answer(options.json ?? false, rows, text.join('\n'));
  if (rows.some((row) => !row.passed)) process.exitCode = exitCodes.failed;
}

async function rollback(sources: TargetSources, options: MigrateOptions): Promise<void> {
  // Companies first: the master knows where they are.
  const lines = (await chosenLines(options.database, options.to)).toReversed();
  const targets: MigrationTarget[] = [];
  for (const line of lines) targets.push(...(await migrationTargets(sources, line)));
  await confirm(targets, options);
  const results: { database: string; undone: readonly string[] }[] = [];
  for (const { database, url, line } of targets) {
    results.push({ database, undone: await migrateRollback(url, line, { to: options.to }) });
  }
  const text = results.map(({ database, undone }) =>
    undone.length === 0
      ? `${database}: nothing to undo`
      : undone.map((name) => `${database}: ${name} undone`).join('\n'),
  );
  answer(options.json ?? false, results, text.join('\n'));
}

async function confirm(
  targets: readonly MigrationTarget[],
  options: MigrateOptions,
): Promise<void> {
  if (options.yes) return;
  if (!process.stdin.isTTY) {
    throw new LockstepError(
      'BAD_USER_INPUT',
      'A rollback deletes data and there is no terminal to ask on. Add --yes if you mean it.',
      { field: 'yes' },
    );
  }
  for (const { database, url, line } of targets) {
    for (const name of await plannedRollback(url, line, { to: options.to })) {
      process.stderr.write(`${database}: would undo ${name}\n`);
    }
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const reply = await terminal.question('Undo these, with their data? (yes/no) ');
  terminal.close();
  if (reply.trim().toLowerCase() !== 'yes') {
    throw new LockstepError('BAD_USER_INPUT', 'Nothing was undone.');
  }
}

async function each<T>(
  sources: TargetSources,
  choice: DatabaseChoice,
  work: (target: MigrationTarget) => Promise<readonly T[]>,
): Promise<T[]> {
  const lines: readonly MigrationLine[] = await chosenLines(choice, undefined);
  const results: T[] = [];
  for (const line of lines) {
    for (const target of await migrationTargets(sources, line))
      results.push(...(await work(target)));
  }
  return results;
}
