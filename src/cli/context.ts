import type { Command } from 'commander';
import { type Config, readConfig } from '../config.ts';
import { createLog, type Logger } from '../log.ts';

/** What every command starts from. */
export interface CommandContext {
  readonly config: Config;
  readonly log: Logger;
  readonly json: boolean;
}

/**
 * Reads the environment and the global options.
 * @param quietByDefault for commands whose answer is on stdout: only warnings are logged then
 */
export function commandContext(command: Command, quietByDefault = true): CommandContext {
  const options = command.optsWithGlobals<{ json?: boolean; verbose?: boolean; quiet?: boolean }>();
  const config = readConfig();
  const usual = quietByDefault ? 'warn' : config.log.level;
  const level = options.verbose ? 'debug' : options.quiet ? 'error' : usual;
  const format = config.log.format ?? (process.stderr.isTTY ? 'pretty' : 'json');
  return { config, log: createLog({ level, format }), json: options.json === true };
}
