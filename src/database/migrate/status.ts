import { withConnection } from './connection.ts';
import { readHistory } from './history.ts';
import { loadMigrations, type MigrationLine } from './migrations.ts';

export const migrationStates = ['applied', 'pending', 'failed', 'changed', 'unknown'] as const;

/** One migration of one database. */
export interface MigrationStatus {
  readonly name: string;
  /**
   * `changed`: the file differs from what was applied. `unknown`: applied by a newer program, and
   * not among the files of this one.
   */
  readonly state: (typeof migrationStates)[number];
}

/** The state of every migration, oldest first; pure reading. */
export async function migrationStatus(
  url: string,
  line: MigrationLine,
): Promise<readonly MigrationStatus[]> {
  const migrations = await loadMigrations(line);
  const history = await withConnection(url, readHistory);
  const known = migrations.map(({ name, checksum }): MigrationStatus => {
    const row = history.find((applied) => applied.name === name);
    if (!row) return { name, state: 'pending' };
    if (!row.finished) return { name, state: 'failed' };
    return { name, state: row.checksum === checksum ? 'applied' : 'changed' };
  });
  const newer = history
    .filter((row) => !migrations.some(({ name }) => name === row.name))
    .map(({ name }): MigrationStatus => ({ name, state: 'unknown' }));
  return [...known, ...newer];
}
