import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { startEmbedded } from '../src/database/embedded.ts';
import { readCatalogue, renderCatalogue } from '../src/database/migrate/catalogue.ts';
import { withConnection } from '../src/database/migrate/connection.ts';
import { lineDirectory, migrationLines } from '../src/database/migrate/migrations.ts';
import { migrateUp } from '../src/database/migrate/up.ts';

/**
 * Migrates empty databases on a server of its own and writes what came out to
 * prisma/<db>/schema.sql. With --check it writes nothing and exits with 1 when a file is stale.
 */
const check = process.argv.includes('--check');
const directory = await mkdtemp(join(tmpdir(), 'lockstep-dump-'));
const silent = { debug: () => undefined, warn: () => undefined, error: () => undefined };
const server = await startEmbedded({
  dataDir: directory,
  log: silent,
  databases: [...migrationLines],
  settings: { fsync: 'off' },
});
try {
  for (const line of migrationLines) {
    await migrateUp(server.url(line), line);
    const text = renderCatalogue(await withConnection(server.url(line), readCatalogue));
    const file = `${lineDirectory(line)}schema.sql`;
    if (!check) {
      await writeFile(file, text);
    } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
      process.stderr.write(
        `stale: prisma/${line}/schema.sql. Run "node scripts/dump-schema.ts" and commit it.\n`,
      );
      process.exitCode = 1;
    }
  }
} finally {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}
