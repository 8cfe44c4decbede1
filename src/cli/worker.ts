import type { Command } from 'commander';
import { commandContext } from './context.ts';
import { wholeNumber } from './whole-number.ts';

/** `lockstep worker`: jobs only. */
export function registerWorker(program: Command): void {
  program
    .command('worker')
    .description('run jobs only; any number of workers on any number of machines')
    .option(
      '--concurrency <number>',
      'runs at a time, instead of WORKER_CONCURRENCY',
      wholeNumber(1, 200),
    )
    .addHelpText('after', '\nExample:\n  lockstep worker --concurrency 16')
    .action(async (flags: { concurrency?: number }, command: Command) => {
      const { runWorker } = await import('../start/main.ts');
      await runWorker(commandContext(command, false), flags);
    });
}
