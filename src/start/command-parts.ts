import type { Config } from '../config.ts';
import { openMasterDatabase } from '../database/master.ts';
import type { MigrationLine } from '../database/migrate/migrations.ts';
import { LockstepError } from '../errors.ts';
import { systemClock } from '../lib/clock.ts';
import type { Logger } from '../log.ts';
import { overrideAdministration } from '../services/overrides/administration.ts';
import { isEmbeddedRunning, openDatabaseUrls } from './database-urls.ts';
import { openFoundation } from './foundation.ts';
import { Shutdown } from './shutdown.ts';

interface CommandParts {
  readonly config: Config;
  readonly log: Logger;
}

/** The databases for a migration: the embedded server is started if it does not run. */
export async function openMigrationTargets({ config, log }: CommandParts) {
  const shutdown = new Shutdown();
  const { urls, unseal } = await openFoundation({ config, log, shutdown });
  return {
    masterUrl: urls.master,
    companyUrl: urls.company,
    unseal,
    close: () => shutdown.run(log),
  };
}

/** The owner's connection string of one database, for other tools: it must outlive this command. */
export async function ownerUrl({ config, log }: CommandParts, line: MigrationLine) {
  if (config.databases.urls === null && !(await isEmbeddedRunning(config))) {
    throw new LockstepError(
      'UNAVAILABLE',
      'The embedded PostgreSQL does not run, so there is nothing to connect to. Start the program (npm start) and ask again.',
    );
  }
  const urls = await openDatabaseUrls(config, log);
  await urls.stop();
  return urls[line];
}

/** The master database for one override command. */
export async function openOverrides({ config, log }: CommandParts) {
  const urls = await openDatabaseUrls(config, log);
  const master = openMasterDatabase({ url: urls.master, poolSize: 2, log });
  return {
    overrides: overrideAdministration(master, systemClock),
    companyId: config.databases.companyId,
    close: async () => {
      await master.close();
      await urls.stop();
    },
  };
}
