import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { LockstepError } from '../errors.ts';
import { doubt, withClient } from './pool.ts';
import { type PreparedStep, runPrepared } from './prepared-query.ts';
import type { Scope } from './scope.ts';
import { statementName } from './statement-names.ts';
import { answerMilliseconds, begin, scopeSteps } from './transaction.ts';

/** Gives the scope that statements run under at this moment; throws when nobody has borrowed. */
export type CurrentScope = () => Scope;

/**
 * Prisma's own adapter over a stand-in for its pool. Prisma keeps translating types and errors;
 * underneath, each single statement carries its scope before one Sync, and BEGIN carries it for a
 * transaction. The extension that wraps every operation in a batch transaction was not used: it
 * keeps rows of failed transactions (prisma/prisma#23583) and doubles the cost.
 */
export function laneAdapter(pool: pg.Pool, current: CurrentScope): PrismaPg {
  const standIn: pg.Pool = Object.create(pg.Pool.prototype, {
    query: {
      value: (config: pg.QueryConfig) => {
        const scope = current();
        return withClient(pool, (client) => run(client, scope, config, scopeSteps(scope)));
      },
    },
    connect: { value: async () => scopedClient(await pool.connect(), current()) },
    // The pool belongs to the database, not to one client.
    end: { value: async () => undefined },
  });
  return new PrismaPg(standIn);
}

function scopedClient(client: pg.PoolClient, scope: Scope): pg.PoolClient {
  return Object.create(client, {
    release: { value: (error?: Error) => client.release(error ?? doubt(client)) },
    query: {
      value: async (config: pg.QueryConfig) => {
        if (config.text === 'BEGIN')
          return begin(client, scope).then(() => ({ fields: [], rows: [] }));
        if (config.text.startsWith('SET TRANSACTION')) {
          throw new LockstepError(
            'INTERNAL_SERVER_ERROR',
            'A borrowed client has no isolation levels: BEGIN already carries the scope. Use transaction() of the database.',
          );
        }
        return run(client, scope, config, []);
      },
    },
  });
}

function run(
  client: pg.ClientBase,
  scope: Scope,
  config: pg.QueryConfig,
  steps: readonly PreparedStep[],
): Promise<pg.QueryResult> {
  const named = { ...config, name: statementName(scope.role, config.text) };
  return runPrepared(client, named, steps, answerMilliseconds(scope));
}
