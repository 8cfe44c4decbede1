import { COMMON_JOB_TABLE, insertJobs } from 'pg-boss/dist/plans.js';
import type { Sql } from '../database/sql.ts';
import { LockstepError } from '../errors.ts';
import { type JobName, type JobPayloads, queueSchema } from './catalog.ts';

export interface AddJobOptions {
  /** While a job of this name with this key waits, another one is not added. */
  readonly singletonKey?: string;
  readonly startAfterSeconds?: number;
  /** Higher first. */
  readonly priority?: number;
}

/**
 * Adds a job in the caller's transaction: it exists when the transaction commits and never otherwise.
 * The statement is pg-boss's own; its `send` is not used because it needs a started instance with a
 * connection besides the transaction's.
 * @returns the job's id; with a `singletonKey`, the id of the job that is already waiting
 */
export async function addJob<N extends JobName>(
  tx: Sql,
  name: N,
  payload: JobPayloads[N],
  options: AddJobOptions = {},
): Promise<string> {
  // The queues' policy allows one waiting job per key, so a job without a key gets its own.
  const singletonKey = options.singletonKey ?? crypto.randomUUID();
  const job = {
    data: payload,
    singletonKey,
    priority: options.priority ?? 0,
    startAfter: `${Math.max(0, options.startAfterSeconds ?? 0)} seconds`,
  };
  const [added] = await tx.query<{ id: string }>(
    insertJobs(queueSchema, { table: COMMON_JOB_TABLE, name, returnId: true, notify: true }),
    [JSON.stringify([job])],
  );
  if (added) return added.id;
  const [waiting] = await tx.query<{ id: string }>(
    `select id from ${queueSchema}.job
      where name = $1 and singleton_key = $2 and state = 'created'`,
    [name, singletonKey],
  );
  if (waiting) return waiting.id;
  throw new LockstepError(
    'CONFIGURATION',
    `The queue ${name} does not exist in this company database; queues are made when the program ` +
      'starts, so start one API or worker process of this version first.',
  );
}
