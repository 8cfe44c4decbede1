import type pg from 'pg';
import { errorText, LockstepError } from '../../errors.ts';
import { withMigrationLock } from './connection.ts';
import { readHistory, recordRolledBack } from './history.ts';
import { loadMigrations, type Migration, type MigrationLine } from './migrations.ts';
import { queueSchema } from './queue-schema.ts';

export interface RollbackOptions {
  /** Undo everything after this migration, or all of them with `zero`; default: the newest only. */
  readonly to?: string | undefined;
  readonly migrations?: readonly Migration[];
}

/** What a rollback would undo, newest first; nothing is changed. */
export async function plannedRollback(
  url: string,
  line: MigrationLine,
  options: RollbackOptions = {},
): Promise<readonly string[]> {
  const migrations = options.migrations ?? (await loadMigrations(line));
  return withMigrationLock(url, async (client) =>
    (await plan(client, migrations, options.to)).map((migration) => migration.name),
  );
}

/**
 * Undoes migrations, newest first, each in a transaction of its own, and returns their names.
 * Raises MIGRATION naming the one that could not be undone; it stays as it was.
 */
export async function migrateRollback(
  url: string,
  line: MigrationLine,
  options: RollbackOptions = {},
): Promise<readonly string[]> {
  const migrations = options.migrations ?? (await loadMigrations(line));
  return withMigrationLock(url, async (client) => {
    const undone = await plan(client, migrations, options.to);
    for (const migration of undone) await undo(client, line, migration);
    if (line === 'company' && options.to === 'zero') {
      await client.query(`drop schema if exists ${queueSchema} cascade`);
    }
    return undone.map((migration) => migration.name);
  });
}

async function plan(
  client: pg.ClientBase,
  migrations: readonly Migration[],
  to: string | undefined,
): Promise<readonly Migration[]> {
  const applied = (await readHistory(client)).filter((row) => row.finished);
  const newest = applied.at(-1);
  if (!newest) return [];
  const unknown = applied.find((row) => !migrations.some(({ name }) => name === row.name));
  if (unknown) {
    throw new LockstepError(
      'MIGRATION',
      `The database has ${unknown.name}, which this program does not know. Roll back with the newer program.`,
    );
  }
  const done = migrations.filter(({ name }) => applied.some((row) => row.name === name));
  if (to === undefined) return done.slice(-1);
  if (to === 'zero') return done.toReversed();
  const last = done.findIndex(({ name }) => name === to);
  if (last < 0) {
    throw new LockstepError(
      'BAD_USER_INPUT',
      `Migration "${to}" is not applied here. "migrate status" lists the applied ones; "zero" undoes all.`,
      { field: 'to' },
    );
  }
  return done.slice(last + 1).toReversed();
}

async function undo(client: pg.Client, line: MigrationLine, migration: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(migration.down);
    await recordRolledBack(client, migration.name);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new LockstepError(
      'MIGRATION',
      `Migration ${migration.name} of the ${line} database could not be undone and stays applied: ${errorText(error)}`,
      { cause: error },
    );
  }
}
