import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { LockstepError } from '../../errors.ts';

/** The two kinds of database, each with its own line of migrations. */
export const migrationLines = ['master', 'company'] as const;
export type MigrationLine = (typeof migrationLines)[number];

/** One migration: Prisma's folder format, plus the way back. */
export interface Migration {
  /** Folder name, e.g. `20260101000000_roles_and_functions`; the order is that of the names. */
  readonly name: string;
  readonly up: string;
  readonly down: string;
  /** As Prisma computes it: SHA-256 of migration.sql in hexadecimal. */
  readonly checksum: string;
}

/** Where the migrations and the committed catalogue of one line lie. */
export function lineDirectory(line: MigrationLine): string {
  return fileURLToPath(new URL(`../../../prisma/${line}/`, import.meta.url));
}

/** All migrations of a line, oldest first. */
export async function loadMigrations(
  line: MigrationLine,
  directory = `${lineDirectory(line)}migrations`,
): Promise<readonly Migration[]> {
  const folders = (await readdir(directory, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    folders.map(async (name) => {
      if (!/^\d{14}_[a-z0-9_]+$/.test(name)) {
        throw new LockstepError(
          'MIGRATION',
          `Migration folder "${name}" of ${line}: expected 14 digits, an underscore and a lower-case name.`,
        );
      }
      const up = await readFile(`${directory}/${name}/migration.sql`, 'utf8');
      const down = await readFile(`${directory}/${name}/down.sql`, 'utf8');
      return { name, up, down, checksum: createHash('sha256').update(up).digest('hex') };
    }),
  );
}
