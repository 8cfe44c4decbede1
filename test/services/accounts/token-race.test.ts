import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withOwner } from '../../support/database.ts';
import { type AccountsWorld, startAccountsWorld } from './world.ts';

let world: AccountsWorld;
let grantId = '';
const children: ChildProcessWithoutNullStreams[] = [];

beforeAll(async () => {
  world = await startAccountsWorld();
});
beforeEach(async () => {
  await world.sandbox.control.reset();
  await world.rows('delete from connections');
  await world.rows('delete from provider_grants');
  await world.connect();
  const [grant] = await world.rows<{ id: string }>('select id from provider_grants');
  grantId = grant?.id ?? '';
  await world.rows('update provider_grants set access_expires_at = now()');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => world.close());

const token = () => world.accounts.accessToken(world.tenants.acme.id, grantId);

async function startChild(callers: number) {
  const script = fileURLToPath(new URL('./token-child.ts', import.meta.url));
  const child = spawn(execPath, [script]);
  children.push(child);
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const organizationId = world.tenants.acme.id;
  child.stdin.write(JSON.stringify({ address: world.address, organizationId, grantId, callers }));
  const [ready] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => [`ended: ${errors}`]),
  ]);
  expect(String(ready)).toBe('ready\n');
  return child;
}

/** The one that waits for the provider's answer holds the grant's row. */
const openTransactions = `select pid from pg_locks
  where relation = 'provider_grants'::regclass and mode = 'RowShareLock' and granted`;

async function outcomeOf(child: ChildProcessWithoutNullStreams): Promise<string[]> {
  let text = '';
  child.stdout.on('data', (part) => {
    text += part;
  });
  await once(child, 'exit');
  return JSON.parse(text);
}

describe('many processes and one refresh token that may be used once', () => {
  it('4 processes with 12 callers each: one call, nobody fails, the grant lives', async () => {
    await world.sandbox.control.microsoft.changeSettings({ refreshReuse: 'revoke-family' });
    const processes = await Promise.all(Array.from({ length: 4 }, () => startChild(12)));
    await world.sandbox.control.settings.change({ latencyMs: { from: 200, to: 200 } });
    const calls = await world.tokenCalls();
    const outcomes = processes.map(outcomeOf);
    for (const child of processes) child.stdin.write('go\n');
    const tokens = (await Promise.all(outcomes)).flat();
    expect(tokens).toHaveLength(48);
    expect(tokens.filter((text) => text.startsWith('failed'))).toEqual([]);
    expect(new Set(tokens).size).toBe(1);
    expect((await world.tokenCalls()) - calls).toBe(1);
    const [grant] = await world.rows('select status, refresh_failures from provider_grants');
    expect(grant).toEqual({ status: 'active', refresh_failures: 0 });
    expect(await token()).toBe(tokens[0]);
  });
});

describe('K15: the provider rotated the token and nobody stored it', () => {
  /** Kills a process while the provider's answer is on its way; the rotation happens all the same. */
  async function dieWhileRefreshing(): Promise<void> {
    const child = await startChild(1);
    await world.sandbox.control.faults.add({
      match: { path: '/oauth2/v2.0/token$' },
      times: 1,
      action: { type: 'delay', ms: 3000 },
    });
    const calls = await world.tokenCalls();
    child.stdin.write('go\n');
    const asking = async () => (await world.rows(openTransactions)).length;
    await expect.poll(asking, { timeout: 10_000 }).toBe(1);
    await delay(700);
    child.kill('SIGKILL');
    await expect.poll(() => world.tokenCalls(), { timeout: 5000 }).toBe(calls + 1);
  }

  it('goes on with the old one, which Entra does not revoke at once', async () => {
    await dieWhileRefreshing();
    await expect(token()).resolves.toBeTypeOf('string');
    const [grant] = await world.rows('select status from provider_grants');
    expect(grant).toEqual({ status: 'active' });
  });

  it('asks the member only after the old one was tried once more', async () => {
    await world.sandbox.control.microsoft.changeSettings({ refreshReuse: 'revoke-family' });
    await dieWhileRefreshing();
    const calls = await world.tokenCalls();
    await expect(token()).rejects.toMatchObject({ failure: 'NEEDS_REAUTH' });
    expect((await world.tokenCalls()) - calls).toBeGreaterThanOrEqual(1);
    expect(await world.rows('select kind from notifications')).toEqual([
      { kind: 'reconnect_required' },
    ]);
  });

  it('stores the answer it holds when the database connection dies under it', async () => {
    await world.sandbox.control.microsoft.changeSettings({ refreshReuse: 'revoke-family' });
    await token();
    await world.rows('update provider_grants set access_expires_at = now()');
    await world.sandbox.control.settings.change({ latencyMs: { from: 800, to: 800 } });
    const calls = await world.tokenCalls();
    const asked = token();
    await delay(400);
    const ended = await withOwner(world.address.companyUrl, (client) =>
      client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and state = 'idle in transaction'`,
      ),
    );
    expect(ended.rowCount).toBe(1);
    await world.sandbox.control.settings.change({ latencyMs: { from: 0, to: 0 } });
    const fresh = await asked;
    expect((await world.tokenCalls()) - calls).toBe(1);
    expect(await token()).toBe(fresh);
    await world.rows('update provider_grants set access_expires_at = now()');
    await expect(token()).resolves.toBeTypeOf('string');
  });
});
