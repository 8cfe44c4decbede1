import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * Writes the Prisma clients and Pothos' types from prisma/<db>/schema.prisma. With --check nothing
 * is changed: it exits with 1 when the committed code is not what the schemas give.
 *
 * `prisma generate` needs no engine but refuses to run without one, and its download is closed to
 * many networks: any executable satisfies it, for this script only.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const generated = 'src/database/generated';
const run = promisify(execFile);

async function generate(directory: string): Promise<void> {
  for (const database of ['master', 'company']) {
    await run(
      process.execPath,
      [
        join(root, 'node_modules/prisma/build/index.js'),
        'generate',
        '--schema',
        join(directory, 'prisma', database, 'schema.prisma'),
      ],
      {
        cwd: directory,
        env: {
          PATH: `${join(root, 'node_modules/.bin')}:/usr/local/bin:/usr/bin:/bin`,
          PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
          PRISMA_HIDE_UPDATE_MESSAGE: '1',
          CHECKPOINT_DISABLE: '1',
        },
      },
    );
  }
}

async function contents(directory: string): Promise<Map<string, string>> {
  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  const pairs = files
    .filter((file) => file.isFile())
    .map(async (file): Promise<[string, string]> => {
      const path = join(file.parentPath, file.name);
      return [relative(directory, path), await readFile(path, 'utf8')];
    });
  return new Map(await Promise.all(pairs));
}

/** Files that differ between the committed code and a fresh generation beside it. */
async function staleFiles(): Promise<string[]> {
  // Inside the project, so that the generators find their packages.
  const copy = await mkdtemp(join(root, 'node_modules', '.generate-'));
  try {
    await cp(join(root, 'prisma'), join(copy, 'prisma'), { recursive: true });
    await generate(copy);
    const [fresh, committed] = [
      await contents(join(copy, generated)),
      await contents(join(root, generated)),
    ];
    return [...new Set([...fresh.keys(), ...committed.keys()])]
      .filter((name) => fresh.get(name) !== committed.get(name))
      .sort();
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

if (process.argv.includes('--check')) {
  const stale = await staleFiles();
  for (const name of stale) process.stderr.write(`stale: ${generated}/${name}\n`);
  if (stale.length > 0) process.stderr.write('Run "npm run generate" and commit the result.\n');
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  await rm(join(root, generated), { recursive: true, force: true });
  await generate(root);
}
