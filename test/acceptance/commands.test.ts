import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from './support/graphql.ts';
import { type Product, runCommand, startProduct, temporaryFolder } from './support/product.ts';

describe('the command line', { timeout: 60_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let product: Product;

  beforeAll(async () => {
    folder = await temporaryFolder();
    product = await startProduct({ dataDir: folder.path });
  }, 120_000);

  afterAll(async () => {
    await product?.stop();
    await folder.remove();
  });

  it.each([
    [['nonsense']],
    [['token']],
    [['token', '--user', 'ana@acme.test', '--ttl', 'soon']],
    [['serve', '--port', '70000']],
    [['worker', '--concurrency', 'many']],
    [['migrate', 'up', '--database', 'third']],
  ])('ends with 2 for %j, with a hint on stderr and nothing on stdout', async (args) => {
    const answer = await runCommand(product, ...args);
    expect(answer).toMatchObject({ code: 2, stdout: '' });
    expect(answer.stderr).toMatch(/error:[\s\S]*--help/);
  });

  it('prints a token and nothing else, which works for as long as it was asked for', async () => {
    const { code, stdout } = await runCommand(
      product,
      'token',
      '--user',
      'ANA@acme.test',
      '--ttl',
      '3s',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const ask = () => post(product.url, stdout.trim(), '{ viewer { member { email } } }');
    expect((await ask()).data).toEqual({ viewer: { member: { email: 'ana@acme.test' } } });
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    expect((await ask()).errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
  });

  it('prints no token for an unknown address', async () => {
    const answer = await runCommand(product, 'token', '--user', 'nobody@acme.test');
    expect(answer).toMatchObject({ code: 1, stdout: '' });
    expect(answer.stderr).toContain('nobody@acme.test');
  });

  it('answers in one JSON document with --json, failures too', async () => {
    const failed = await runCommand(product, 'token', '--user', 'nobody@acme.test', '--json');
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({ error: { code: 'NOT_FOUND' } });
    const found = await runCommand(product, 'doctor', '--json');
    expect(found.code).toBe(0);
    const verdicts = JSON.parse(found.stdout).map(
      (finding: { verdict: string }) => finding.verdict,
    );
    expect(verdicts.length).toBeGreaterThan(8);
    expect(new Set(verdicts)).toEqual(new Set(['ok']));
  });

  it('verifies and tests the migrated databases', async () => {
    const status = await runCommand(product, 'migrate', 'status', '--json');
    const rows: { database: string; state: string }[] = JSON.parse(status.stdout);
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['applied']));
    expect((await runCommand(product, 'migrate', 'verify')).code).toBe(0);
    expect((await runCommand(product, 'migrate', 'test')).code).toBe(0);
  });

  it('grants, lists and revokes an override', async () => {
    const granted = await runCommand(
      product,
      'override',
      'grant',
      '--company',
      'acme',
      '--reason',
      'mailbox was migrated',
      '--json',
    );
    expect(granted.code).toBe(0);
    expect(JSON.parse(granted.stdout)).toMatchObject({
      active: true,
      reason: 'mailbox was migrated',
    });
    expect((await runCommand(product, 'override', 'list')).stdout).toContain(
      'mailbox was migrated',
    );
    expect((await runCommand(product, 'override', 'revoke', '--company', 'acme')).code).toBe(0);
    const unknown = await runCommand(
      product,
      'override',
      'grant',
      '--company',
      'nobody',
      '--reason',
      'x',
    );
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('no active company');
  });

  it('prints the owner’s connection string', async () => {
    const { code, stdout } = await runCommand(product, 'db', 'url', '--database', 'master');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^postgresql:\/\/\S+\/lockstep_master\n$/);
  });

  it('shows an example in the help of every command', async () => {
    const { stdout } = await runCommand(product, '--help');
    const names = [...stdout.matchAll(/^ {2}([a-z]+)\b.*$/gm)].map((match) => match[1] ?? '');
    const single = names.filter((name) => !['help', 'migrate', 'db', 'override'].includes(name));
    expect(single).toContain('serve');
    for (const name of single) {
      expect((await runCommand(product, name, '--help')).stdout).toContain('Example:');
    }
  });
});
