import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../config.ts';
import { systemClock } from '../lib/clock.ts';
import type { Logger } from '../log.ts';
import { createVendors, type Vendors } from '../providers/registry.ts';
import type { Shutdown } from './shutdown.ts';

/** The client that the sandbox's demo seed registers. */
const sandboxClient = {
  clientId: 'lockstep-sandbox',
  clientSecret: 'lockstep-sandbox-secret',
} as const;

interface VendorsParts {
  readonly config: Config;
  readonly log: Logger;
  readonly shutdown: Shutdown;
}

/** The vendors of this installation, and the sandbox's address when it plays one of them. */
export interface OpenedVendors {
  readonly vendors: Vendors;
  readonly sandboxUrl: string | null;
  /** Names of the vendors it plays. */
  readonly sandboxPlays: readonly string[];
}

/**
 * Opens the vendors. Each without credentials or addresses of its own is played by the sandbox, which
 * this process starts (`start`) or which a server on the same data folder runs already (`join`).
 */
export async function openVendors(
  { config, log, shutdown }: VendorsParts,
  sandbox: 'start' | 'join' | 'none',
): Promise<OpenedVendors> {
  const isOwn = {
    microsoft: isSet(config.microsoft, ['client', 'loginUrl', 'graphUrl']),
    google: isSet(config.google, ['client', 'authUrl', 'tokenUrl', 'apiUrl']),
  };
  const needsSandbox = !config.production && !(isOwn.microsoft && isOwn.google);
  const url = needsSandbox ? await sandboxAddress({ config, log, shutdown }, sandbox) : null;
  const shared = { clock: systemClock, log };
  const microsoft = isOwn.microsoft
    ? { ...config.microsoft, ...(config.microsoft.client ?? sandboxClient) }
    : url && { ...config.microsoft, ...sandboxClient, loginUrl: url, graphUrl: url };
  const google = isOwn.google
    ? { ...config.google, ...(config.google.client ?? sandboxClient) }
    : url && { ...sandboxClient, authUrl: url, tokenUrl: url, apiUrl: url };
  const vendors = createVendors({
    ...(microsoft ? { microsoft: { ...microsoft, ...shared } } : {}),
    ...(google ? { google: { ...google, ...shared } } : {}),
  });
  const played = [isOwn.microsoft ? null : 'Microsoft', isOwn.google ? null : 'Google'];
  return { vendors, sandboxUrl: url, sandboxPlays: played.filter((name) => name !== null) };
}

function isSet<T>(settings: T, names: readonly (keyof T)[]): boolean {
  return names.some((name) => settings[name] !== null);
}

async function sandboxAddress(
  { config, log, shutdown }: VendorsParts,
  wish: 'start' | 'join' | 'none',
): Promise<string | null> {
  const file = path.join(config.dataDir, 'sandbox-address');
  switch (wish) {
    case 'none':
      return null;
    case 'join':
      return (await readFile(file, 'utf8').catch(() => '')).trim() || null;
    case 'start': {
      // Loaded on demand: a production process never carries the stand-ins.
      const { startSandbox } = await import('../../sandbox/server.ts');
      await mkdir(config.dataDir, { recursive: true });
      const started = await startSandbox({
        port: config.sandboxPort,
        stateFile: path.join(config.dataDir, 'sandbox-state.json'),
        log: (line) => log.debug(line),
      });
      shutdown.add('the sandbox', async () => {
        await rm(file, { force: true });
        await started.close();
      });
      await writeFile(file, `${started.url}\n`);
      return started.url;
    }
  }
}
