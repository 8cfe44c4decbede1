import type { Command } from 'commander';
import { commandContext } from './context.ts';
import { wholeNumber } from './whole-number.ts';

interface ServeFlags {
  readonly port?: number;
  readonly worker: boolean;
  readonly schedules: boolean;
  readonly sandbox: boolean;
}

/** `lockstep serve`: the API, with worker and schedules unless told otherwise. */
export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('run the API, with worker and schedules, on a migrated database')
    .option(
      '--port <number>',
      'listen here instead of PORT; 0 takes a free port',
      wholeNumber(0, 65_535),
    )
    .option('--no-worker', 'leave the jobs to separate worker processes')
    .option('--no-schedules', 'start no recurring work from this process')
    .option('--no-sandbox', 'do not start the provider sandbox for vendors without credentials')
    .addHelpText(
      'after',
      '\nExample:\n  lockstep serve --port 8080 --no-worker   # beside any number of: lockstep worker',
    )
    .action(async (flags: ServeFlags, command: Command) => {
      const { runServer } = await import('../start/main.ts');
      await runServer(commandContext(command, false), { ...flags, prepare: false });
    });
}

/** `lockstep start`, behind `npm start`: migrates and fills the embedded databases first. */
export function registerStart(program: Command): void {
  program
    .command('start')
    .description('run the whole product: databases, sandbox, API, worker, schedules')
    .option(
      '--port <number>',
      'listen here instead of PORT; 0 takes a free port',
      wholeNumber(0, 65_535),
    )
    .addHelpText('after', '\nExample:\n  npm start')
    .action(async (flags: { port?: number }, command: Command) => {
      const { runServer } = await import('../start/main.ts');
      const whole = { worker: true, schedules: true, sandbox: true, prepare: true };
      await runServer(commandContext(command, false), { ...whole, ...flags });
    });
}
