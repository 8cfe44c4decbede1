import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCompanyDatabase } from '../../src/database/company.ts';
import { startEmbedded } from '../../src/database/embedded.ts';
import { migrateUp } from '../../src/database/migrate/up.ts';
import { LockstepError } from '../../src/errors.ts';
import { createDatabases, type TestDatabases, withOwner } from '../support/database.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

let databases: TestDatabases;
beforeAll(async () => {
  databases = await createDatabases();
});
afterAll(() => databases.drop());

const all = { role: 'service_role', organizationId: 'all' } as const;
const log = { debug: () => undefined, warn: () => undefined, error: () => undefined };
const open = (url: string, poolSize = 2) =>
  openCompanyDatabase({ name: 'default', url, poolSize, lanes: 2, log });
const unavailable = { code: 'UNAVAILABLE', details: { retryAfterSeconds: 2 } };

test('a restart of the server is heard as UNAVAILABLE, and then everything goes on', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-outage-'));
  const server = await startEmbedded({ dataDir: directory, log, databases: ['company'] });
  await migrateUp(server.url('company'), 'company');
  const company = open(server.url('company'));
  const lane = await company.borrow(all);
  await lane.prisma.organization.count();
  const pid = (await readFile(join(directory, 'postgres/cluster/postmaster.pid'), 'utf8')).split(
    '\n',
  )[0];
  process.kill(Number(pid), 'SIGINT');

  const failures = new Set<string>();
  let answers = 0;
  const deadline = Date.now() + 20_000;
  // Some failures first, then twenty good answers of each kind in a row.
  while (answers < 20 && Date.now() < deadline) {
    try {
      await company.query(all, 'select 1');
      await company.transaction(all, (tx) => tx.query('select 1'));
      await lane.prisma.organization.count();
      answers = failures.size > 0 ? answers + 1 : 0;
    } catch (error) {
      failures.add(error instanceof LockstepError ? error.code : String(error));
      answers = 0;
    }
    await delay(20);
  }
  lane.release();
  await company.close();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
  expect([...failures]).toEqual(['UNAVAILABLE']);
  expect(answers).toBe(20);
}, 60_000);

test('a connection lost inside a transaction leaves nothing', async () => {
  const company = open(databases.companyUrl);
  const lost = company.transaction(all, async (tx) => {
    await tx.query(`insert into user_profile_fault (user_id, operation, sqlstate, message)
      values (gen_random_uuid(), 'lost', 'x', 'x')`);
    const [own] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
    await withOwner(databases.companyUrl, (client) =>
      client.query('select pg_terminate_backend($1)', [own?.pid]),
    );
    await tx.query('select 1');
  });
  await expect(lost).rejects.toMatchObject(unavailable);
  expect(await company.query(all, 'select operation from user_profile_fault')).toEqual([]);
  await company.close();
});

test('with every connection busy the caller hears UNAVAILABLE after two seconds', async () => {
  const company = open(databases.companyUrl);
  const busy = [1, 2].map(() => company.query(all, 'select pg_sleep(3)'));
  await delay(100);
  const begun = performance.now();
  await expect(company.query(all, 'select 1')).rejects.toMatchObject(unavailable);
  expect(performance.now() - begun).toBeLessThan(6_000);
  await Promise.all(busy);
  await expect(company.ping()).resolves.toBeUndefined();
  await company.close();
});

test('a server that is not there is UNAVAILABLE, without its address', async () => {
  const url = new URL(databases.companyUrl);
  url.port = '1';
  const company = open(url.href);
  const failure = await company.ping().catch((error: unknown) => error);
  await company.close();
  expect(failure).toMatchObject(unavailable);
  expect(String(failure)).not.toMatch(/127\.0\.0\.1|ECONNREFUSED/);
});

test('a network that swallows everything ends a request after its deadline', async () => {
  const url = new URL(databases.companyUrl);
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  const company = open(url.href, 1);
  const request = {
    role: 'authenticated',
    userId: '00000000-0000-4000-8000-000000000001',
  } as const;
  await company.query(request, 'select 1');
  proxy.freeze();
  const begun = performance.now();
  await expect(company.query(request, 'select 2')).rejects.toMatchObject(unavailable);
  expect(performance.now() - begun).toBeLessThan(25_000);
  proxy.thaw();
  expect(await company.query(request, 'select 3 as answer')).toEqual([{ answer: 3 }]);
  await company.close();
  await proxy.close();
}, 30_000);

test('a statement beyond the deadline of a request is cancelled', async () => {
  const company = open(databases.companyUrl);
  const request = {
    role: 'authenticated',
    userId: '00000000-0000-4000-8000-000000000001',
  } as const;
  const [limit] = await company.query<{ limit: string }>(
    request,
    `select current_setting('statement_timeout') as limit`,
  );
  expect(limit).toEqual({ limit: '10s' });
  const slow = company.transaction(request, async (tx) => {
    await tx.query(`select set_config('statement_timeout', '50', true)`);
    await tx.query('select pg_sleep(5)');
  });
  await expect(slow).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('longer than allowed'),
  });
  await company.close();
});
