import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../src/database/embedded.ts';
import { type MigrationLine, migrationLines } from '../../src/database/migrate/migrations.ts';
import { migrateUp } from '../../src/database/migrate/up.ts';
import { testDatabaseUrl } from './environment.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Owner's connection string of the server's maintenance database. */
    databaseServer: string;
    /** Begins the name of everything this run creates, so that two runs can share a server. */
    databasePrefix: string;
  }
}

let stop: () => Promise<void> = async () => undefined;

/** One server for the whole run, and a migrated template of each database to clone from. */
export async function setup(project: TestProject): Promise<void> {
  const server = testDatabaseUrl ? null : await startServer();
  const serverUrl = testDatabaseUrl ?? server?.url ?? '';
  const prefix = `lockstep_test_${randomBytes(4).toString('hex')}`;
  project.provide('databaseServer', serverUrl);
  project.provide('databasePrefix', prefix);
  stop = async () => {
    const leaked = await dropAll(serverUrl, prefix);
    await server?.stop();
    if (leaked.length > 0) {
      throw new Error(`tests did not drop their databases: ${leaked.join(', ')}`);
    }
  };
  for (const line of migrationLines) await createTemplate(serverUrl, prefix, line);
}

export async function teardown(): Promise<void> {
  await stop();
}

/** The template's name, shared with `database.ts`. */
export function templateName(prefix: string, line: MigrationLine): string {
  return `${prefix}_template_${line}`;
}

async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-test-'));
  const silent = { debug: () => undefined, warn: () => undefined, error: () => undefined };
  const server = await startEmbedded({
    dataDir: directory,
    log: silent,
    databases: ['lockstep_tests'],
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  return {
    url: server.url('lockstep_tests'),
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function createTemplate(
  serverUrl: string,
  prefix: string,
  line: MigrationLine,
): Promise<void> {
  const name = templateName(prefix, line);
  await asOwner(serverUrl, (client) => client.query(`create database ${name}`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrateUp(url.href, line);
}

async function dropAll(serverUrl: string, prefix: string): Promise<string[]> {
  return asOwner(serverUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [prefix],
    );
    for (const { datname } of rows) await client.query(`drop database ${datname} with (force)`);
    const templates = migrationLines.map((line) => templateName(prefix, line));
    return rows.map((row) => row.datname).filter((name) => !templates.includes(name));
  });
}

async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
