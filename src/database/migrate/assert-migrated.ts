import { LockstepError } from '../../errors.ts';
import { withConnection } from './connection.ts';
import type { MigrationLine } from './migrations.ts';
import { installedQueueVersion, queueSchemaVersion } from './queue-schema.ts';
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
  if (!wrong) return line === 'company' ? assertQueue(url) : undefined;
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

async function assertQueue(url: string): Promise<void> {
  const [found, wanted] = [await withConnection(url, installedQueueVersion), queueSchemaVersion()];
  if (found === wanted) return;
  const cure = (found ?? 0) < wanted ? 'Run "lockstep migrate up".' : 'Start the newer program.';
  throw new LockstepError(
    'MIGRATION',
    `The job queue of the company database has schema version ${found ?? 'none'}, this program needs ${wanted}. ${cure}`,
  );
}
