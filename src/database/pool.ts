import pg from 'pg';
import type { Logger } from '../log.ts';
import {
  beginStatement,
  restStatement,
  scopeStatements,
  scopeValues,
  statementMilliseconds,
} from './settings.ts';
import { databaseError } from './sqlstate.ts';

export interface PoolOptions {
  readonly url: string;
  /** Most connections at a time. */
  readonly size: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** True: connections switch roles per scope (company databases). */
  readonly scoped: boolean;
  readonly log: Pick<Logger, 'warn'>;
}

/** A caller waits this long for a free or new connection, in milliseconds; then UNAVAILABLE. */
const acquireMilliseconds = 2_000;
/** The server ends a transaction whose client has gone silent, so that its locks do not stay. */
const idleInTransactionMilliseconds = 60_000;

const scopedRoles = ['authenticated', 'service_role'] as const;
const maintenance = { role: 'service_role', organizationId: 'all' } as const;

/** bigint as number, `date` as text: the two types for which pg's defaults mislead. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
    if (oid === pg.types.builtins.INT8) return Number;
    if (oid === pg.types.builtins.DATE) return String;
    return pg.types.getTypeParser(oid, format as 'text');
  },
};

/** A pool that survives restarts of the server; nothing connects before the first query. */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.size,
    application_name: options.applicationName,
    connectionTimeoutMillis: acquireMilliseconds,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementMilliseconds[options.scoped ? 'authenticated' : 'service_role'],
    idle_in_transaction_session_timeout: idleInTransactionMilliseconds,
    keepAlive: true,
    types: Object(types),
    onConnect: (client) => prepareSteps(client, options.scoped),
  });
  // Without a listener an idle connection's end would end the process.
  pool.on('error', (error) => {
    if (!pool.ending) options.log.warn({ err: error }, 'an idle database connection was lost');
  });
  return pool;
}

/** Executed once so that the connection knows them by name; rolled back, so that nothing stays set. */
async function prepareSteps(client: pg.ClientBase, scoped: boolean): Promise<void> {
  if (scoped) await client.query(restStatement);
  await client.query({ ...beginStatement });
  if (scoped) {
    const values = { authenticated: ['', '', ''], service_role: scopeValues(maintenance) };
    for (const role of scopedRoles) {
      await client.query({ ...scopeStatements[role], values: [...values[role]] });
    }
  }
  await client.query('rollback');
}

/**
 * Lends a connection to the work. One that was lost meanwhile, or in doubt, does not return to the
 * pool: an aborted transaction or a late answer must never meet the next borrower.
 */
export async function withClient<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw databaseError(error);
  }
  let lost: Error | undefined;
  const onError = (error: Error): void => {
    lost = error;
  };
  client.on('error', onError);
  try {
    return await work(client);
  } finally {
    client.off('error', onError);
    client.release(lost ?? doubt(client));
  }
}

/** Why a connection must not be lent again: it waits for an answer, or is inside a transaction. */
export function doubt(client: pg.ClientBase): Error | undefined {
  const { readyForQuery } = Object(client);
  if (readyForQuery === true && client.getTransactionStatus() === 'I') return undefined;
  return new Error('the connection was given back in the middle of something');
}
