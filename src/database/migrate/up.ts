import type pg from 'pg';
import { errorText, LockstepError } from '../../errors.ts';
import { withMigrationLock } from './connection.ts';
import { ensureHistory, readHistory, recordApplied, recordFailed } from './history.ts';
import { loadMigrations, type Migration, type MigrationLine } from './migrations.ts';
import { installQueueSchema } from './queue-schema.ts';

export interface UpOptions {
  /** Apply up to and including this migration; default: all. */
  readonly to?: string | undefined;
  /** Other migrations than the committed ones, for tests. */
  readonly migrations?: readonly Migration[];
}

/**
 * Applies what is missing, each migration in a transaction of its own, and returns the names.
 * Of two migrators one runs and one waits. Raises MIGRATION naming the migration that failed, of
 * which nothing stays; or the one that was changed after it had been applied.
 */
export async function migrateUp(
  url: string,
  line: MigrationLine,
  options: UpOptions = {},
): Promise<readonly string[]> {
  const migrations = options.migrations ?? (await loadMigrations(line));
  const wanted = upTo(migrations, options.to);
  return withMigrationLock(url, async (client) => {
    await ensureHistory(client);
    const history = await readHistory(client);
    const applied = new Map(history.filter((row) => row.finished).map((row) => [row.name, row]));
    for (const migration of migrations) {
      const row = applied.get(migration.name);
      if (row && row.checksum !== migration.checksum) {
        throw new LockstepError(
          'MIGRATION',
          `Migration ${migration.name} of the ${line} database was changed after it had been applied. ` +
            'Restore the file as it was, and put the change into a new migration.',
        );
      }
    }
    const pending = wanted.filter((migration) => !applied.has(migration.name));
    for (const migration of pending) await apply(client, line, migration);
    if (line === 'company' && options.to === undefined) await installQueueSchema(client);
    return pending.map((migration) => migration.name);
  });
}

async function apply(client: pg.Client, line: MigrationLine, migration: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(migration.up);
    await recordApplied(client, migration);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    await recordFailed(client, migration, error);
    throw new LockstepError(
      'MIGRATION',
      `Migration ${migration.name} of the ${line} database failed and left nothing behind: ${errorText(error)}`,
      { cause: error },
    );
  }
}

function upTo(migrations: readonly Migration[], name: string | undefined): readonly Migration[] {
  if (name === undefined) return migrations;
  const last = migrations.findIndex((migration) => migration.name === name);
  if (last < 0) {
    throw new LockstepError(
      'BAD_USER_INPUT',
      `There is no migration "${name}". "migrate status" lists them.`,
      { field: 'to' },
    );
  }
  return migrations.slice(0, last + 1);
}
