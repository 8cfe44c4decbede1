import pg from 'pg';
import { superuser } from './cluster.ts';

/** The role that owns the databases: it may create roles, and is neither superuser nor above row security. */
export const ownerRole = 'lockstep';

/** Creates the owner role and the databases that are missing. */
export async function provision(
  port: number,
  password: string,
  databases: readonly string[],
): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: superuser,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const role = await client.query('select from pg_roles where rolname = $1', [ownerRole]);
    if (role.rowCount === 0) {
      const secret = client.escapeLiteral(password);
      await client.query(`create role ${ownerRole} login createrole createdb password ${secret}`);
    }
    for (const name of databases) {
      const found = await client.query('select from pg_database where datname = $1', [name]);
      if (found.rowCount === 0) {
        await client.query(`create database ${client.escapeIdentifier(name)} owner ${ownerRole}`);
      }
    }
  } finally {
    await client.end();
  }
}

/** True when the server accepts a connection. */
export async function accepts(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: superuser,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 2_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
