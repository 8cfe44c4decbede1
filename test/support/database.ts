import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { inject } from 'vitest';
import { type MigrationLine, migrationLines } from '../../src/database/migrate/migrations.ts';
import { templateName } from './postgres.ts';

export interface TestDatabases {
  /** Owner's connection strings. */
  readonly masterUrl: string;
  readonly companyUrl: string;
  /** Removes both; fails when a connection is still open, because somebody forgot to close a pool. */
  drop(): Promise<void>;
}

/** A migrated, empty pair of databases of one's own, cloned from the run's templates. */
export async function createDatabases(): Promise<TestDatabases> {
  const id = randomBytes(4).toString('hex');
  const names = new Map<MigrationLine, string>();
  for (const line of migrationLines) {
    names.set(line, `${inject('databasePrefix')}_${id}_${line}`);
  }
  await asOwner(async (client) => {
    for (const [line, name] of names) {
      await client.query(
        `create database ${name} template ${templateName(inject('databasePrefix'), line)}`,
      );
    }
  });
  return {
    masterUrl: databaseUrl(names.get('master') ?? ''),
    companyUrl: databaseUrl(names.get('company') ?? ''),
    drop: () => dropDatabases([...names.values()]),
  };
}

/** An empty database without migrations, for the tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `${inject('databasePrefix')}_${randomBytes(4).toString('hex')}_empty`;
  await asOwner((client) => client.query(`create database ${name}`));
  return { url: databaseUrl(name), drop: () => dropDatabases([name]) };
}

/** Connects as the owner, whom row security lets see everything. */
export async function withOwner<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const asOwner = <T>(work: (client: pg.Client) => Promise<T>): Promise<T> =>
  withOwner(inject('databaseServer'), work);

function databaseUrl(name: string): string {
  const url = new URL(inject('databaseServer'));
  url.pathname = `/${name}`;
  return url.href;
}

async function dropDatabases(names: readonly string[]): Promise<void> {
  const leaked = await asOwner(async (client) => {
    const open = await openConnections(client, names);
    for (const name of names) await dropDatabase(client, name);
    return open;
  });
  if (leaked.length > 0) {
    throw new Error(`connections left open: ${leaked.join('; ')}. Close every pool and client.`);
  }
}

const forbidden = '42501';

/** Autovacuum may be at work in it: only a superuser may end that, everyone else waits for its end. */
async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  for (let patience = 100; ; patience -= 1) {
    try {
      await client.query(`drop database if exists ${name} with (force)`);
      return;
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== forbidden || patience === 0) {
        throw error;
      }
      await delay(100);
    }
  }
}

/** Connections end on the server a moment after the client has closed them. */
async function openConnections(client: pg.Client, names: readonly string[]): Promise<string[]> {
  for (let patience = 40; ; patience -= 1) {
    const { rows } = await client.query<{ text: string }>(
      `select format('%s (%s): %s', application_name, state, left(query, 80)) as text
       from pg_stat_activity where datname = any ($1) and backend_type = 'client backend'`,
      [names],
    );
    if (rows.length === 0 || patience === 0) return rows.map((row) => row.text);
    await delay(50);
  }
}
