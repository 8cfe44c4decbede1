import type { Config } from '../config.ts';
import { assertMigrated } from '../database/migrate/assert-migrated.ts';
import { LockstepError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { announce } from './announce.ts';
import { startApi } from './api.ts';
import { startSchedules, startWorkers } from './background.ts';
import { type Foundation, openFoundation } from './foundation.ts';
import { prepareDatabases } from './prepare-databases.ts';
import { createServices } from './services.ts';
import { Shutdown, stopSignal } from './shutdown.ts';
import { openVendors } from './vendors.ts';

export interface RunContext {
  readonly config: Config;
  readonly log: Logger;
}

export interface ServerFlags {
  /** Instead of PORT. */
  readonly port?: number;
  readonly worker: boolean;
  readonly schedules: boolean;
  readonly sandbox: boolean;
  /** Migrate first, and fill embedded databases with the demo; otherwise an unmigrated one stops the start. */
  readonly prepare: boolean;
}

/** Runs the API, and what else the flags say, until a signal ends it. */
export async function runServer({ config, log }: RunContext, flags: ServerFlags): Promise<void> {
  await untilStopped(log, async (shutdown) => {
    const foundation = await openFoundation({ config, log, shutdown });
    const demo = flags.prepare && (await prepareDatabases(config, foundation, log));
    await refuseUnmigrated(foundation);
    const opened = await openVendors({ config, log, shutdown }, flags.sandbox ? 'start' : 'none');
    let publicUrl = config.http.publicUrl ?? '';
    const parts = { config, log, foundation, shutdown, publicUrl: () => publicUrl };
    const made = await createServices({ ...parts, vendors: opened.vendors });
    const port = flags.port ?? config.http.port;
    const url = await startApi({ ...parts, ...made, port });
    publicUrl ||= url;
    const { services } = made;
    const background = { ...foundation, ...services, config, log, shutdown };
    if (flags.worker) {
      await startWorkers({ ...background, concurrency: config.workers.concurrency });
    }
    if (flags.schedules) await startSchedules(background);
    const { sandboxUrl, sandboxPlays } = opened;
    announce({ url: publicUrl, sandboxUrl, sandboxPlays, demo });
  });
}

/** Runs jobs only, until a signal ends it. */
export async function runWorker(
  { config, log }: RunContext,
  flags: { readonly concurrency?: number },
): Promise<void> {
  await untilStopped(log, async (shutdown) => {
    const foundation = await openFoundation({ config, log, shutdown });
    await refuseUnmigrated(foundation);
    const { vendors } = await openVendors({ config, log, shutdown }, 'join');
    const publicUrl = () => config.http.publicUrl ?? '';
    const parts = { config, log, foundation, shutdown, publicUrl };
    const { services } = await createServices({ ...parts, vendors });
    const concurrency = flags.concurrency ?? config.workers.concurrency;
    await startWorkers({ ...foundation, ...services, config, log, shutdown, concurrency });
    // Servers may run without schedules; each tick runs once, however many processes offer to.
    await startSchedules({ ...foundation, config, log, shutdown });
    process.stdout.write('The worker is ready\n');
  });
}

/** Starts, waits for a signal and stops in order, also when the start fails half-way or is interrupted. */
async function untilStopped(
  log: Logger,
  start: (shutdown: Shutdown) => Promise<void>,
): Promise<void> {
  const shutdown = new Shutdown();
  const stopped = stopSignal();
  try {
    const started = start(shutdown);
    await Promise.race([started, stopped]);
    log.info({ signal: await stopped }, 'stopping');
    // A start that was interrupted must have registered what it opened before that can be closed.
    await started.catch(() => undefined);
  } finally {
    await shutdown.run(log);
  }
}

async function refuseUnmigrated({ urls, companies }: Foundation): Promise<void> {
  await assertMigrated(urls.master, 'master');
  for (const database of await companies.all()) {
    await assertMigrated(database.url, 'company').catch((error) => {
      if (!(error instanceof LockstepError)) throw error;
      throw new LockstepError(error.code, `${database.name}: ${error.message}`, { cause: error });
    });
  }
}
