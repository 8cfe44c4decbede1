import type { Config } from '../config.ts';
import {
  companyDatabaseName,
  findEmbedded,
  masterDatabaseName,
  startEmbedded,
} from '../database/embedded.ts';
import type { Logger } from '../log.ts';

/** Owner's connection strings of the two databases, and the leave of the server behind them. */
export interface DatabaseUrls {
  readonly master: string;
  readonly company: string;
  /** True for the server that comes with the program: demo data belongs there only. */
  readonly embedded: boolean;
  stop(): Promise<void>;
}

/** The configured databases; without any, the embedded server of the data folder, started or joined. */
export async function openDatabaseUrls(config: Config, log: Logger): Promise<DatabaseUrls> {
  if (config.databases.urls) {
    return { ...config.databases.urls, embedded: false, stop: async () => {} };
  }
  const server = await startEmbedded({ dataDir: config.dataDir, log });
  return {
    master: server.url(masterDatabaseName),
    company: server.url(companyDatabaseName),
    embedded: true,
    stop: () => server.stop(),
  };
}

/** True when another process runs the embedded server of this data folder right now. */
export async function isEmbeddedRunning(config: Config): Promise<boolean> {
  return config.databases.urls === null && (await findEmbedded(config.dataDir)) !== null;
}
