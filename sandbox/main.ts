import { parseArgs } from 'node:util';
import { RequestError } from './core/request-error.ts';
import { startSandbox } from './server.ts';

const usage = 'Usage: node sandbox/main.ts [--port N] [--host H] [--seed FILE] [--state FILE]\n';

/** The sandbox as a program of its own. Exit codes: 0 stopped, 1 cannot start, 2 usage. */
async function main(): Promise<void> {
  let options: { port?: string; host?: string; seed?: string; state?: string; help?: boolean };
  try {
    const text = { type: 'string' } as const;
    options = parseArgs({
      options: { port: text, host: text, seed: text, state: text, help: { type: 'boolean' } },
    }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exitCode = 2;
    return;
  }
  if (options.help === true) {
    process.stdout.write(usage);
    return;
  }
  const port = Number(options.port ?? '0');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    process.stderr.write(
      `--port must be a whole number from 0 to 65535, not "${options.port ?? ''}".\n`,
    );
    process.exitCode = 2;
    return;
  }
  const sandbox = await startSandbox({
    port,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.state === undefined ? {} : { stateFile: options.state }),
    log: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`Sandbox is ready at ${sandbox.url}\n`);
  const stop = (): void => {
    sandbox.close().catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exitCode = 1;
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  const known = error instanceof RequestError || (error instanceof Error && 'code' in error);
  process.stderr.write(
    `The sandbox cannot start: ${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = 1;
});
