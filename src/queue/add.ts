import { COMMON_JOB_TABLE, insertJobs } from 'pg-boss/dist/plans.js';
import type { Sql } from '../database/sql.ts';
import { LockstepError } from '../errors.ts';
import { type JobName, type JobPayloads, queueOptions, queueSchema } from './catalog.ts';

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
  const values = [JSON.stringify([job])];
  const [added] = await tx.query<{ id: string }>(insertJob(name), values);
  if (added) return added.id;
  const [waiting] = await tx.query<{ id: string }>(
    `select id from ${queueSchema}.job
      where name = $1 and singleton_key = $2 and state = 'created'`,
    [name, singletonKey],
  );
  if (waiting) return waiting.id;
  // Neither added nor waiting: no worker of this version ever started on this database. The queue is
  // made here, and the first worker completes its options.
  await tx.query(`select ${queueSchema}.create_queue($1, $2::jsonb)`, [
    name,
    JSON.stringify(queueOptions),
  ]);
  const [second] = await tx.query<{ id: string }>(insertJob(name), values);
  if (second) return second.id;
  throw new LockstepError('INTERNAL_SERVER_ERROR', `The job ${name} could not be added.`);
}

function insertJob(name: JobName): string {
  return insertJobs(queueSchema, { table: COMMON_JOB_TABLE, name, returnId: true, notify: true });
}
