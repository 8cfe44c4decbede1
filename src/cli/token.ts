import { type Command, InvalidArgumentError } from 'commander';
import { durationSeconds } from '../lib/duration.ts';
import { commandContext } from './context.ts';
import { answer } from './output.ts';

/** An option's value as seconds; commander names the option in the error. */
function duration(text: string): number {
  const seconds = durationSeconds(text);
  if (seconds === null || seconds === 0) {
    throw new InvalidArgumentError('expected a duration such as 5s, 10m or 1h');
  }
  return seconds;
}

/** `lockstep token`: a development bearer token on stdout, nothing else. */
export function registerToken(program: Command): void {
  program
    .command('token')
    .description('print a development bearer token (embedded issuer only)')
    .requiredOption('--user <email>', 'e-mail address of a user of the directory')
    .option('--ttl <duration>', 'how long it is valid: 5s, 10m, 1h', duration, 3_600)
    .addHelpText('after', '\nExample:\n  lockstep token --user ana@acme.test --ttl 10m')
    .action(async (options: { user: string; ttl: number }, command: Command) => {
      const context = commandContext(command);
      const { issueTokenFor } = await import('../start/issue-token.ts');
      const token = await issueTokenFor(context, options.user, options.ttl);
      answer(context.json, { token, expiresInSeconds: options.ttl }, token);
    });
}
