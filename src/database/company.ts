import type { Logger } from '../log.ts';
import { Lanes, type ScopedPrisma } from './lanes.ts';
import { createPool } from './pool.ts';
import type { Scope } from './scope.ts';
import { scopeValues } from './settings.ts';
import type { Sql } from './sql.ts';
import { runStatement, runTransaction } from './transaction.ts';

/** A company database. Every way to its rows names the scope that they are seen under. */
export interface CompanyDatabase {
  /** `default`, or the company's slug. */
  readonly name: string;
  /** The owner's connection string, for pg-boss and LISTEN. */
  readonly url: string;
  /** BEGIN and scope in one round trip; commit, or rollback on throw. Serialisation failures are retried. */
  transaction<T>(scope: Scope, work: (tx: Sql) => Promise<T>): Promise<T>;
  /** One statement under its scope in one round trip. */
  query<R = Record<string, unknown>>(
    scope: Scope,
    text: string,
    values?: readonly unknown[],
  ): Promise<R[]>;
  /** A Prisma client bound to the scope, for exactly one GraphQL operation; release it in `finally`. */
  borrow(scope: Scope): Promise<ScopedPrisma>;
  /** Raises UNAVAILABLE when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface CompanyDatabaseOptions {
  readonly name: string;
  readonly url: string;
  readonly poolSize?: number;
  /** Prisma clients at a time, each about 6 MB. */
  readonly lanes?: number;
  readonly log: Pick<Logger, 'warn'>;
}

/** Opens a company database; nothing connects before the first query. */
export function openCompanyDatabase(options: CompanyDatabaseOptions): CompanyDatabase {
  const pool = createPool({
    url: options.url,
    size: options.poolSize ?? 10,
    applicationName: 'lockstep',
    scoped: true,
    log: options.log,
  });
  const lanes = new Lanes(pool, options.lanes ?? 16);
  return {
    name: options.name,
    url: options.url,
    transaction: (scope, work) => runTransaction(pool, scope, work),
    query: (scope, text, values = []) => runStatement(pool, scope, text, values),
    borrow: async (scope) => {
      scopeValues(scope);
      return lanes.borrow(scope);
    },
    ping: async () => {
      await runStatement(pool, { role: 'service_role', organizationId: 'all' }, 'select 1', []);
    },
    close: async () => {
      await lanes.close();
      await pool.end();
    },
  };
}
