import { spawn } from 'node:child_process';
import { chmod, chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { LockstepError } from '../../errors.ts';
import type { Binaries } from './binaries.ts';
import type { EmbeddedLayout } from './layout.ts';
import type { ServerUser } from './server-user.ts';

/** The bootstrap superuser; the program itself logs in as an ordinary role. */
export const superuser = 'postgres';

/** A log beyond this many bytes is begun anew at the next start. */
const largestLog = 20_000_000;

/** Read once by initdb, relative to the cluster that it fills. */
const passwordFile = 'initdb-password';

/**
 * How the server names its own directory. Under root it runs as a user who may be unable to enter
 * the directories above (a checkout below /root); the inherited working directory needs no walk.
 */
const clusterPath = (layout: EmbeddedLayout, user: ServerUser | null): string =>
  user === null ? layout.cluster : '/proc/self/cwd';

/** Creates the cluster unless it exists. It appears under its name only when it is complete. */
export async function createCluster(
  layout: EmbeddedLayout,
  binaries: Binaries,
  user: ServerUser | null,
  password: string,
): Promise<void> {
  if (await stat(join(layout.cluster, 'PG_VERSION')).catch(() => null)) return;
  const fresh = `${layout.cluster}.new`;
  await rm(fresh, { recursive: true, force: true });
  await rm(layout.cluster, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true, mode: 0o700 });
  await chmod(layout.root, 0o755);
  const secret = join(layout.root, passwordFile);
  await writeFile(secret, `${password}\n`, { mode: 0o600 });
  try {
    for (const path of user ? [fresh, secret] : [])
      await chown(path, user?.uid ?? 0, user?.gid ?? 0);
    await runInitdb(binaries, user, fresh);
  } finally {
    await rm(secret, { force: true });
  }
  await rename(fresh, layout.cluster);
}

async function runInitdb(
  { initdb }: Binaries,
  user: ServerUser | null,
  directory: string,
): Promise<void> {
  const flags = [
    ['-D', user === null ? directory : '/proc/self/cwd'],
    ['-U', superuser, '-A', 'scram-sha-256', '--pwfile', `../${passwordFile}`],
    ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  ].flat();
  const child = spawn(initdb, flags, {
    cwd: directory,
    ...user,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', TZ: 'UTC' },
  });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw new LockstepError(
      'UNAVAILABLE',
      `The embedded PostgreSQL could not create its files in ${directory}: ${errors.trim().split('\n').at(-1) ?? `exit code ${code}`}`,
    );
  }
}

/** Starts the server process detached (Ctrl-C in our terminal must not stop it before us) and forgets it. */
export async function spawnServer(
  layout: EmbeddedLayout,
  binaries: Binaries,
  user: ServerUser | null,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<{ readonly exited: () => boolean }> {
  const size = (await stat(layout.log).catch(() => null))?.size ?? 0;
  const log = await open(layout.log, size > largestLog ? 'w' : 'a', 0o600);
  const options = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    log_timezone: 'UTC',
    timezone: 'UTC',
    ...settings,
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let gone = false;
  try {
    const child = spawn(
      binaries.postgres,
      ['-D', clusterPath(layout, user), '-p', String(port), ...flags],
      {
        cwd: layout.cluster,
        ...user,
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        env: { PATH: '/usr/local/bin:/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C' },
      },
    );
    child.once('error', () => {
      gone = true;
    });
    child.once('exit', () => {
      gone = true;
    });
    child.unref();
  } finally {
    await log.close();
  }
  return { exited: () => gone };
}

/** The last lines of the server's log, for an error message. */
export async function logTail(layout: EmbeddedLayout): Promise<string> {
  const text = await readFile(layout.log, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-3).join(' / ');
}

/** The wanted port if it is free, else one the system picks. */
export async function freePort(wanted: number | null): Promise<number> {
  const probe = createServer();
  const listen = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => resolve(true));
    });
  if (!(wanted !== null && (await listen(wanted))) && !(await listen(0))) {
    throw new LockstepError(
      'UNAVAILABLE',
      'No free port on 127.0.0.1 for the embedded PostgreSQL.',
    );
  }
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
