import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errorText, LockstepError } from '../errors.ts';
import { sleep } from '../lib/sleep.ts';
import type { Logger } from '../log.ts';
import { findBinaries } from './embedded/binaries.ts';
import { createCluster, freePort, logTail, spawnServer } from './embedded/cluster.ts';
import { type EmbeddedLayout, embeddedLayout } from './embedded/layout.ts';
import { isAlive, processIdentity } from './embedded/processes.ts';
import { accepts, ownerRole, provision } from './embedded/provision.ts';
import {
  disownPidFile,
  findRunning,
  newPassword,
  type RunningServer,
  readState,
  writeState,
} from './embedded/server-state.ts';
import { findServerUser } from './embedded/server-user.ts';
import { isSameLife, withStartLock } from './embedded/start-lock.ts';

/** The PostgreSQL server that comes with the program. */
export interface EmbeddedPostgres {
  /** The owner's connection string of one of its databases. */
  url(database: string): string;
  /** Leaves the server; the last process that leaves stops it, cleanly. */
  stop(): Promise<void>;
  /** True when this process started it, false when it was running already. */
  readonly owned: boolean;
}

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly log: Pick<Logger, 'debug' | 'warn' | 'error'>;
  /** Databases to create when missing. */
  readonly databases?: readonly string[];
  /** Server settings beyond ours, e.g. `{ fsync: 'off' }` for tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

export const masterDatabaseName = 'lockstep_master';
export const companyDatabaseName = 'lockstep_company';

/** How often the server process is looked at, and how long a start may take, in milliseconds. */
const watchInterval = 500;
const startPatience = 30_000;

/**
 * Starts the embedded server, or joins the one that another process runs on the same data
 * directory. Survives earlier kills of the program or of PostgreSQL, and brings PostgreSQL back on
 * the same port when it dies. Raises CONFIGURATION or UNAVAILABLE when it cannot run here.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const layout = embeddedLayout(resolve(options.dataDir));
  const databases = options.databases ?? [masterDatabaseName, companyDatabaseName];
  await mkdir(layout.users, { recursive: true });
  const me = await processIdentity(process.pid);
  const registration = join(layout.users, `${me}.${Math.random().toString(36).slice(2)}`);

  const start = () =>
    withStartLock(layout.lock, async () => {
      const state = (await readState(layout)) ?? { password: newPassword(), port: null };
      const found = await findRunning(layout);
      const usable =
        found !== null && (await becomesReady(found.port, state.password, () => false));
      if (found && !usable) await terminate(found.pid);
      const server = usable ? found : await launch(layout, options, state);
      await provision(server.port, state.password, databases);
      await writeFile(registration, '');
      return { server, password: state.password, owned: !usable };
    });

  const first = await start();
  let { server } = first;
  const watch = watchServer(
    () => server,
    async () => {
      options.log.warn('the embedded PostgreSQL is gone; starting it again');
      server = (await start()).server;
    },
    (error) => options.log.error({ err: error }, 'the embedded PostgreSQL does not start again'),
  );

  return {
    owned: first.owned,
    url: (database) => connectionString(server.port, first.password, database),
    stop: async () => {
      await watch.stop();
      await withStartLock(layout.lock, async () => {
        await rm(registration, { force: true });
        const running = await findRunning(layout);
        if (running && !(await isUsed(layout))) await terminate(running.pid);
      });
    },
  };
}

/** The connection strings of the server that another process runs on this data directory, or null. */
export async function findEmbedded(dataDir: string): Promise<Pick<EmbeddedPostgres, 'url'> | null> {
  const layout = embeddedLayout(resolve(dataDir));
  const [state, running] = [await readState(layout), await findRunning(layout)];
  if (!state || !running) return null;
  return { url: (database) => connectionString(running.port, state.password, database) };
}

function connectionString(port: number, password: string, database: string): string {
  return `postgresql://${ownerRole}:${password}@127.0.0.1:${port}/${database}`;
}

async function launch(
  layout: EmbeddedLayout,
  options: EmbeddedOptions,
  state: { readonly password: string; readonly port: number | null },
): Promise<RunningServer> {
  const user = await findServerUser();
  const binaries = await findBinaries(user);
  // Written before the cluster exists: a cluster without its password would be lost.
  await writeState(layout, state);
  await createCluster(layout, binaries, user, state.password);
  await disownPidFile(layout);
  const deadline = Date.now() + startPatience;
  // Children of a killed server hold its shared memory for a moment and make the first try fail.
  for (let attempt = 1; Date.now() < deadline; attempt += 1) {
    const port = await freePort(state.port);
    const process = await spawnServer(layout, binaries, user, port, options.settings ?? {});
    if (await becomesReady(port, state.password, process.exited)) {
      await writeState(layout, { ...state, port });
      const running = await findRunning(layout);
      if (running) return running;
    }
    options.log.debug({ attempt }, 'the embedded PostgreSQL did not start; trying again');
    await sleep(Math.min(100 * attempt, 1_000));
  }
  throw new LockstepError(
    'UNAVAILABLE',
    `The embedded PostgreSQL did not start within ${startPatience / 1000} s. Its log (${layout.log}) ends: ${await logTail(layout)}`,
  );
}

async function becomesReady(
  port: number,
  password: string,
  exited: () => boolean,
): Promise<boolean> {
  const deadline = Date.now() + startPatience;
  while (Date.now() < deadline && !exited()) {
    if (await accepts(port, password)) return true;
    await sleep(30);
  }
  return false;
}

async function isUsed(layout: EmbeddedLayout): Promise<boolean> {
  for (const name of await readdir(layout.users)) {
    const identity = name.split('.')[0] ?? '';
    if (await isSameLife(identity)) return true;
    await rm(join(layout.users, name), { force: true });
  }
  return false;
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one; data is safe with both. */
async function terminate(pid: number): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!(await isAlive(pid))) return;
    process.kill(pid, signal);
    const deadline = Date.now() + patience;
    while (Date.now() < deadline && (await isAlive(pid))) await sleep(20);
  }
}

function watchServer(
  server: () => RunningServer,
  restart: () => Promise<void>,
  failed: (error: Error) => void,
): { stop(): Promise<void> } {
  let stopped = false;
  let busy: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    if (!stopped && !(await isAlive(server().pid)) && !stopped) await restart();
  };
  const timer = setInterval(() => {
    busy = busy
      .then(look)
      .catch((error: unknown) =>
        failed(error instanceof Error ? error : new Error(errorText(error))),
      );
  }, watchInterval);
  timer.unref();
  return {
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await busy;
    },
  };
}
