import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive } from '../../src/database/embedded/processes.ts';
import { findEmbedded, startEmbedded } from '../../src/database/embedded.ts';
import { withOwner } from '../support/database.ts';

let directory: string;
const log = { debug: () => undefined, warn: () => undefined, error: () => undefined };
const options = () => ({
  dataDir: directory,
  log,
  databases: ['held'],
  settings: { fsync: 'off' },
});

beforeEach(async () => {
  // Mode 0700: no other user may enter, and under root the server runs as another user.
  directory = await mkdtemp(join(tmpdir(), 'lockstep-embedded-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const serverPid = async (): Promise<number> =>
  Number(
    (await readFile(join(directory, 'postgres/cluster/postmaster.pid'), 'utf8')).split('\n')[0],
  );

async function hold(): Promise<{ child: ChildProcess; url: string; owned: boolean }> {
  const script = new URL('../support/embedded-holder.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  return { child, ...JSON.parse(String(line)) };
}

const store = (url: string) =>
  withOwner(url, (client) => client.query('create table kept as select 42 as answer'));
const stored = (url: string) =>
  withOwner(url, async (client) => (await client.query('select answer from kept')).rows);

test('a second start finds the data of the first; a stop leaves nothing running', async () => {
  const first = await startEmbedded(options());
  expect(first.owned).toBe(true);
  await store(first.url('held'));
  const pid = await serverPid();
  await first.stop();
  expect(await isAlive(pid)).toBe(false);
  expect(await findEmbedded(directory)).toBeNull();

  const second = await startEmbedded(options());
  expect(second.url('held')).toBe(first.url('held'));
  expect(await stored(second.url('held'))).toEqual([{ answer: 42 }]);
  expect((await findEmbedded(directory))?.url('held')).toBe(second.url('held'));
  await second.stop();
});

test('the owner of the databases is no superuser and not above row security', async () => {
  const server = await startEmbedded(options());
  const rows = await withOwner(server.url('held'), async (client) => {
    const found = await client.query(
      `select rolsuper, rolbypassrls, pg_get_userbyid(datdba) = current_user as owns,
         pg_encoding_to_char(encoding) as encoding, current_setting('fsync') as fsync
       from pg_roles, pg_database where rolname = current_user and datname = current_database()`,
    );
    return found.rows;
  });
  await server.stop();
  expect(rows).toEqual([
    { rolsuper: false, rolbypassrls: false, owns: true, encoding: 'UTF8', fsync: 'off' },
  ]);
});

test('kill -9 of the program: the next start takes over with the data', async () => {
  const { child, url } = await hold();
  await store(url);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const begun = performance.now();
  const server = await startEmbedded(options());
  expect(performance.now() - begun).toBeLessThan(10_000);
  expect(await stored(server.url('held'))).toEqual([{ answer: 42 }]);
  const pid = await serverPid();
  await server.stop();
  expect(await isAlive(pid)).toBe(false);
});

test('kill -9 of PostgreSQL: it comes back at the same address with the data', async () => {
  const server = await startEmbedded(options());
  await store(server.url('held'));
  process.kill(await serverPid(), 'SIGKILL');
  const deadline = Date.now() + 20_000;
  let rows: unknown[] = [];
  while (rows.length === 0 && Date.now() < deadline) {
    await delay(100);
    rows = await stored(server.url('held')).catch(() => []);
  }
  expect(rows).toEqual([{ answer: 42 }]);
  await server.stop();
});

test('kill -9 of both, and a foreign process with the old id: the start goes on', async () => {
  const { child, url } = await hold();
  await store(url);
  const pid = await serverPid();
  child.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
  await once(child, 'exit');
  const file = join(directory, 'postgres/cluster/postmaster.pid');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^\d+/, `${process.ppid}`));
  const server = await startEmbedded(options());
  expect(await stored(server.url('held'))).toEqual([{ answer: 42 }]);
  await server.stop();
}, 60_000);

test('processes share one server, and the last one to leave stops it', async () => {
  const [first, second] = await Promise.all([hold(), hold()]);
  expect([first.owned, second.owned].sort()).toEqual([false, true]);
  expect(first.url).toBe(second.url);
  const pid = await serverPid();
  first.child.stdin?.end();
  await once(first.child, 'exit');
  const client = new pg.Client(second.url);
  await client.connect();
  await client.end();
  second.child.stdin?.end();
  await once(second.child, 'exit');
  expect(await isAlive(pid)).toBe(false);
});
