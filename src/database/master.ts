import type { Logger } from '../log.ts';
import { createPool } from './pool.ts';
import type { Sql } from './sql.ts';
import { runStatement, runTransaction } from './transaction.ts';

/** The control plane: companies and overrides. Its owner works alone; no request reaches it by itself. */
export interface MasterDatabase {
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>;
  query<R = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<R[]>;
  /** Raises UNAVAILABLE when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface MasterDatabaseOptions {
  readonly url: string;
  readonly poolSize?: number;
  readonly log: Pick<Logger, 'warn'>;
}

/** Opens the master database; nothing connects before the first query. */
export function openMasterDatabase(options: MasterDatabaseOptions): MasterDatabase {
  const pool = createPool({
    url: options.url,
    size: options.poolSize ?? 4,
    applicationName: 'lockstep',
    scoped: false,
    log: options.log,
  });
  const owner = { role: 'owner' } as const;
  return {
    transaction: (work) => runTransaction(pool, owner, work),
    query: (text, values = []) => runStatement(pool, owner, text, values),
    ping: async () => {
      await runStatement(pool, owner, 'select 1', []);
    },
    close: () => pool.end(),
  };
}
