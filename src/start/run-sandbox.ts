import path from 'node:path';
import { startSandbox } from '../../sandbox/server.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import { stopSignal } from './shutdown.ts';

/** Runs the provider sandbox alone until a signal ends it. */
export async function runSandbox(
  { config, log }: { readonly config: Config; readonly log: Logger },
  flags: { readonly port?: number; readonly seed?: string },
  ready: (url: string) => void,
): Promise<void> {
  const sandbox = await startSandbox({
    port: flags.port ?? config.sandboxPort,
    ...(flags.seed === undefined ? {} : { seed: path.resolve(flags.seed) }),
    log: (line) => log.info(line),
  });
  ready(sandbox.url);
  await stopSignal();
  await sandbox.close();
}
