import { ConfigurationError } from '../config.ts';
import { errorText, LockstepError } from '../errors.ts';
import { redactText } from '../log.ts';

/** What every command returns to the shell. */
export const exitCodes = { done: 0, failed: 1, usage: 2, attention: 3 } as const;

/** One JSON document, or one line for people, on stdout: a command's answer and nothing else. */
export function answer(json: boolean, document: unknown, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : `${text}\n`);
}

/** Writes why a command failed and returns its exit code. */
export function reportFailure(error: unknown, json: boolean): number {
  const code = error instanceof LockstepError ? error.code : 'INTERNAL_SERVER_ERROR';
  const message = redactText(errorText(error));
  if (json) {
    process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  } else {
    process.stderr.write(`error: ${message}\n`);
  }
  return error instanceof ConfigurationError || code === 'BAD_USER_INPUT'
    ? exitCodes.usage
    : exitCodes.failed;
}
