import pg from 'pg';
import { databaseError } from '../sqlstate.ts';

/** One connection for migrating or inspecting, as the database's owner. */
export async function withConnection<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A lost connection is reported by the statement that needs it.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw databaseError(error);
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Any constant does, as long as it stays: it keeps two migrators of one database apart. */
const migrationLock = 7_204_114_115;

/** As `withConnection`, while no other process migrates this database: the second one waits. */
export async function withMigrationLock<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  return withConnection(url, async (client) => {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    try {
      return await work(client);
    } finally {
      await client.query('select pg_advisory_unlock($1)', [migrationLock]).catch(() => undefined);
    }
  });
}
