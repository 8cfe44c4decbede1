import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { post } from './support/graphql.ts';
import {
  type Product,
  runCommand,
  startProduct,
  temporaryFolder,
  tokenOf,
} from './support/product.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let running: Product[];

beforeEach(async () => {
  folder = await temporaryFolder();
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((product) => product.stop()));
  await folder.remove();
});

async function start(dataDir = folder.path, env: Record<string, string> = {}): Promise<Product> {
  const product = await startProduct({ dataDir, env });
  running.push(product);
  return product;
}

/** Processes that still work on that data folder, by their command lines. */
function leftovers(dataDir: string): string[] {
  const list = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
  return list.split('\n').filter((line) => line.includes(dataDir) && !line.includes('ps -eo'));
}

async function organizationOf(product: Product, email: string): Promise<string | undefined> {
  const token = await tokenOf(product, email);
  const query = '{ viewer { organization { name } } }';
  const answer = await post<{ viewer: { organization: { name: string } } }>(
    product.url,
    token,
    query,
  );
  return answer.data?.viewer.organization.name;
}

describe('the product as a process', { timeout: 120_000 }, () => {
  it('ends on SIGINT and on SIGTERM with exit code 0 and leaves no process', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const product = await start();
      const exited = new Promise((resolve) => product.process.on('exit', resolve));
      product.process.kill(signal);
      expect(await exited).toBe(0);
      running.pop();
      expect(leftovers(folder.path)).toEqual([]);
    }
  });

  it('starts again after a kill -9 and finds its data', async () => {
    const first = await start();
    const exited = new Promise((resolve) => first.process.on('exit', resolve));
    first.process.kill('SIGKILL');
    await exited;
    running.pop();
    const second = await start();
    expect(await organizationOf(second, 'ana@acme.test')).toBe('Acme');
  });

  it('runs beside another installation', async () => {
    const other = path.join(folder.path, 'other');
    const [one, two] = await Promise.all([start(path.join(folder.path, 'one')), start(other)]);
    expect(one.url).not.toBe(two.url);
    expect(await organizationOf(one, 'ana@acme.test')).toBe('Acme');
    expect(await organizationOf(two, 'gus@globex.test')).toBe('Globex');
  });

  it('says which port is taken', async () => {
    const first = await start();
    const { port } = new URL(first.url);
    await expect(start(path.join(folder.path, 'second'), { PORT: port })).rejects.toThrow(
      `Port ${port} of 127.0.0.1 is taken`,
    );
  });
});

describe('a start that cannot be', { timeout: 120_000 }, () => {
  it('ends with 2 and one message that names every faulty variable and no value', async () => {
    const env = { PORT: '99999', TOKEN_ENCRYPTION_KEYS: 'canary-4711' };
    const failure = await start(folder.path, env).then(String, String);
    expect(failure).toContain('ended with 2');
    expect(failure).toContain('PORT: expected a whole number from 0 to 65535');
    expect(failure).toContain('TOKEN_ENCRYPTION_KEYS');
    expect(failure).not.toContain('canary-4711');
  });

  it('refuses to serve an unmigrated database, and says what to do', async () => {
    const answer = await runCommand({ dataDir: folder.path }, 'serve', '--port', '0');
    expect(answer.code).toBe(1);
    expect(answer.stderr).toContain('lockstep migrate up');
  });

  it('says which generated key file is damaged', async () => {
    await writeFile(path.join(folder.path, 'token-encryption-key'), 'nonsense\n');
    await expect(start()).rejects.toThrow('does not hold an encryption key');
  });
});
