import type pg from 'pg';
import { LockstepError } from '../errors.ts';
import { sleep } from '../lib/sleep.ts';
import { withClient } from './pool.ts';
import { type PreparedStep, runPrepared } from './prepared-query.ts';
import type { Scope } from './scope.ts';
import { beginStatement, scopeStatements, scopeValues, statementMilliseconds } from './settings.ts';
import type { Sql } from './sql.ts';
import { databaseError, sqlState } from './sqlstate.ts';
import { statementName } from './statement-names.ts';

/** Who acts: a scope of a company database, or the owner of the master. */
export type Actor = Scope | { readonly role: 'owner' };

/** How often a serialisation failure or deadlock is tried again before the caller hears CONFLICT. */
const retries = 3;
/** Beyond the server's own deadline, for a server that does not answer any more (milliseconds). */
const silenceMilliseconds = 2_000;

/** The longest wait for an answer: the server's deadline, and a little for a dead network. */
export function answerMilliseconds(actor: Actor): number {
  const role = actor.role === 'owner' ? 'service_role' : actor.role;
  return statementMilliseconds[role] + silenceMilliseconds;
}

/** The steps that make the actor's scope hold for what follows in the same transaction. */
export function scopeSteps(actor: Actor): readonly PreparedStep[] {
  if (actor.role === 'owner') return [];
  return [{ name: scopeStatements[actor.role].name, values: scopeValues(actor) }];
}

const beginStep: PreparedStep = { name: beginStatement.name, values: [] };

/** One statement under its scope in one round trip. */
export async function runStatement<R>(
  pool: pg.Pool,
  actor: Actor,
  text: string,
  values: readonly unknown[],
): Promise<R[]> {
  const steps = scopeSteps(actor);
  return retried(() =>
    withClient(pool, (client) => execute<R>(client, actor, text, values, steps)),
  );
}

/**
 * Runs the work in one transaction whose BEGIN carries the scope, and commits. Whatever the work
 * throws rolls back and reaches the caller. A statement after the end is refused: it would run
 * under the next borrower's scope.
 */
export async function runTransaction<T>(
  pool: pg.Pool,
  actor: Actor,
  work: (tx: Sql) => Promise<T>,
): Promise<T> {
  const steps = scopeSteps(actor);
  return retried(() =>
    withClient(pool, async (client) => {
      const session = new TransactionSession(client, actor);
      await begin(client, actor, steps);
      try {
        const result = await work(session);
        await session.commit();
        return result;
      } catch (error) {
        await session.rollback();
        throw error;
      }
    }),
  );
}

/** BEGIN and the scope in one round trip. */
export async function begin(
  client: pg.ClientBase,
  actor: Actor,
  [scope]: readonly PreparedStep[] = scopeSteps(actor),
): Promise<void> {
  // The last step has to be a query of its own for the answer to be seen.
  const config: pg.QueryConfig =
    actor.role !== 'owner' && scope
      ? { ...scopeStatements[actor.role], values: [...scope.values] }
      : { ...beginStatement };
  try {
    await runPrepared(client, config, scope ? [beginStep] : [], answerMilliseconds(actor));
  } catch (error) {
    throw databaseError(error);
  }
}

async function execute<R>(
  client: pg.ClientBase,
  actor: Actor,
  text: string,
  values: readonly unknown[],
  steps: readonly PreparedStep[] = [],
): Promise<R[]> {
  const config = { name: statementName(actor.role, text), text, values: [...values] };
  try {
    const result = await runPrepared(client, config, steps, answerMilliseconds(actor));
    return Object(result.rows);
  } catch (error) {
    throw databaseError(error);
  }
}

class TransactionSession implements Sql {
  readonly #client: pg.ClientBase;
  readonly #actor: Actor;
  #ended = false;
  /** Statements started side by side run one after the other, as the protocol demands. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(client: pg.ClientBase, actor: Actor) {
    this.#client = client;
    this.#actor = actor;
  }

  query<R = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    if (this.#ended) {
      return Promise.reject(
        new LockstepError(
          'INTERNAL_SERVER_ERROR',
          'A statement came after its transaction had ended. Await every statement inside the transaction.',
        ),
      );
    }
    const run = this.#last.then(() => execute<R>(this.#client, this.#actor, text, values));
    this.#last = run.catch(() => undefined);
    return run;
  }

  async commit(): Promise<void> {
    this.#ended = true;
    await this.#last;
    const answer = await this.#client.query('commit').catch((error: unknown) => {
      throw databaseError(error);
    });
    // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK instead of an error.
    if (answer.command !== 'COMMIT') {
      throw new LockstepError(
        'INTERNAL_SERVER_ERROR',
        'A statement of the transaction had failed and the failure was ignored; nothing was stored.',
      );
    }
  }

  async rollback(): Promise<void> {
    this.#ended = true;
    await this.#last;
    await this.#client.query('rollback').catch(() => undefined);
  }
}

async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const state = sqlState(error);
      if ((state !== '40001' && state !== '40P01') || tries === retries) throw error;
      await sleep(10 * 2 ** tries * (1 + Math.random()));
    }
  }
}
