import type { Command } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { commandContext } from './context.ts';
import { registerDatabase } from './db.ts';
import { registerDoctor } from './doctor.ts';
import { registerMigrate } from './migrate.ts';
import { registerOverride } from './override.ts';
import { registerSandbox } from './sandbox.ts';
import { registerServe, registerStart } from './serve.ts';
import { registerToken } from './token.ts';
import { registerWorker } from './worker.ts';

// What opens databases is loaded when a command runs, so that --help answers at once.
const parts = () => import('../start/command-parts.ts');

/** Every command of the command line, in the order of its help. */
export function registerCommands(program: Command): void {
  registerStart(program);
  registerServe(program);
  registerWorker(program);
  registerSandbox(program);
  registerMigrate(program, {
    open: async (command) => (await parts()).openMigrationTargets(commandContext(command)),
  });
  registerDatabase(program, {
    url: async (command, line) => (await parts()).ownerUrl(commandContext(command), line),
  });
  registerOverride(program, {
    clock: systemClock,
    open: async () => (await parts()).openOverrides(commandContext(program)),
  });
  registerToken(program);
  registerDoctor(program);
}
