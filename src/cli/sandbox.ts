import type { Command } from 'commander';
import { commandContext } from './context.ts';
import { answer } from './output.ts';
import { wholeNumber } from './whole-number.ts';

/** `lockstep sandbox`: the provider stand-ins alone. */
export function registerSandbox(program: Command): void {
  program
    .command('sandbox')
    .description('run the provider sandbox alone')
    .option(
      '--port <number>',
      'listen here instead of SANDBOX_PORT; 0 takes a free port',
      wholeNumber(0, 65_535),
    )
    .option('--seed <file>', 'accounts and mailboxes to begin with, instead of the demo ones')
    .addHelpText('after', '\nExample:\n  lockstep sandbox --port 4400 --seed ./my-people.json')
    .action(async (flags: { port?: number; seed?: string }, command: Command) => {
      const context = commandContext(command);
      const { runSandbox } = await import('../start/run-sandbox.ts');
      await runSandbox(context, flags, (url) =>
        answer(context.json, { url }, `The provider sandbox is ready at ${url}`),
      );
    });
}
