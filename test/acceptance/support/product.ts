import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const runFile = promisify(execFile);
const cli = path.resolve('bin/lockstep.mjs');
const readyLine = /^Lockstep is ready at (http:\S+)$/m;

/** The product as an operator starts it, and what one can do with it from outside. */
export interface Product {
  readonly url: string;
  readonly dataDir: string;
  /** Everything it wrote so far. */
  output(): string;
  /** The process group's leader, for kills. */
  readonly process: ChildProcess;
  /** Ends it with SIGINT, as Ctrl-C does; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export interface StartOptions {
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly arguments?: readonly string[];
}

export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lockstep-acceptance-'));
  return {
    path: folder,
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** An environment without what the caller's own shell may have set for the product. */
function cleanEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|TMPDIR|LANG|USER|LOGNAME|SHELL)$/.test(name),
  );
  return { ...Object.fromEntries(inherited), ...extra };
}

/** Starts `lockstep start` (what `npm start` runs) and waits for its ready line. */
export async function startProduct(options: StartOptions): Promise<Product> {
  const child = spawn(process.execPath, [cli, ...(options.arguments ?? ['start'])], {
    env: cleanEnvironment({
      PORT: '0',
      DATA_DIR: options.dataDir,
      LOG_FORMAT: 'json',
      RATE_LIMIT: 'off',
      ...options.env,
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not ready within 60 s:\n${text}`)), 60_000);
    const read = (chunk: Buffer) => {
      text += chunk.toString();
      const found = readyLine.exec(text)?.[1];
      if (found) {
        clearTimeout(late);
        resolve(found);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void exited.then((code) => {
      clearTimeout(late);
      reject(new Error(`ended with ${code} before it was ready:\n${text}`));
    });
  });
  return {
    url,
    dataDir: options.dataDir,
    output: () => text,
    process: child,
    stop: () => {
      child.kill('SIGINT');
      return exited;
    },
  };
}

/** Runs one command of the command line; never throws for an exit code. */
export async function runCommand(
  product: { readonly dataDir: string },
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = cleanEnvironment({ DATA_DIR: product.dataDir });
  return runFile(process.execPath, [cli, ...args], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      stdout: error.stdout,
      stderr: error.stderr,
    }),
  );
}

/** A member's bearer token from the command line. */
export async function tokenOf(
  product: { readonly dataDir: string },
  email: string,
  ttl = '1h',
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(
    product,
    'token',
    '--user',
    email,
    '--ttl',
    ttl,
  );
  if (code !== 0) throw new Error(`token --user ${email}: exit ${code}\n${stderr}`);
  return stdout.trim();
}
