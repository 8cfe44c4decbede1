import { existsSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { exitCodes, reportFailure } from './output.ts';
import { registerCommands } from './register-commands.ts';

const program = new Command('lockstep')
  .description(
    'Keeps a company’s records in step with its members’ mail, calendars, files and directory.',
  )
  .option('--json', 'one JSON document on stdout instead of text for people')
  .option('--verbose', 'log more, to stderr')
  .option('--quiet', 'log errors only')
  .option('--no-color', 'no colours')
  .showHelpAfterError('(see --help)')
  .enablePositionalOptions(false)
  .exitOverride();

registerCommands(program);

// A reader that goes away (`| head`) is no failure of the command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.failed);
});

if (existsSync('.env')) process.loadEnvFile('.env');

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  } else {
    process.exitCode = reportFailure(error, program.opts()['json'] === true);
  }
}
