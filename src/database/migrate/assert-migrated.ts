import { LockstepError } from '../../errors.ts';
import type { MigrationLine } from './migrations.ts';
import { migrationStatus } from './status.ts';

/**
 * Raises MIGRATION unless the database is exactly at this program's version, and names both: an
 * older database needs "migrate up", a newer one the newer program.
 */
export async function assertMigrated(url: string, line: MigrationLine): Promise<void> {
  const status = await migrationStatus(url, line);
  const last = (states: readonly string[]): string =>
    status.filter((row) => states.includes(row.state)).at(-1)?.name ?? 'none';
  const unknown = status.filter((row) => row.state === 'unknown');
  if (unknown.length > 0) {
    throw new LockstepError(
      'MIGRATION',
      `The ${line} database is newer than this program: it has ${last(['unknown'])}, the program knows up to ${last(['applied', 'pending', 'changed', 'failed'])}. Start the newer program.`,
    );
  }
  const wrong = status.find((row) => row.state !== 'applied');
  if (!wrong) return;
  if (wrong.state === 'changed') {
    throw new LockstepError(
      'MIGRATION',
      `Migration ${wrong.name} of the ${line} database differs from the file of this program. Restore the file, or start the program that applied it.`,
    );
  }
  throw new LockstepError(
    'MIGRATION',
    `The ${line} database is at ${last(['applied'])}, this program needs ${status.at(-1)?.name}. Run "lockstep migrate up".`,
  );
}
