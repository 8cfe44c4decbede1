import type { JobName, JobPayloads } from './catalog.ts';

/** What a handler gets besides its payload. */
export interface JobContext {
  /** Aborted when the process stops; return soon then. */
  readonly signal: AbortSignal;
}

/** One job with everything the queue must know about it, declared next to its handler. */
export interface Job<N extends JobName = JobName> {
  readonly name: N;
  /** Times a failed job is tried again. */
  readonly retryLimit: number;
  /** First wait before such a try; later ones double. */
  readonly retryDelaySeconds: number;
  /** False: a job that failed for good is not kept in the dead-letter queue. */
  readonly deadLetter?: boolean;
  /** A handler that takes longer has failed. At most a day. */
  readonly timeoutSeconds: number;
  /** How many of these this process handles at once. */
  readonly concurrency: number;
  readonly handle: (payload: JobPayloads[N], context: JobContext) => Promise<void>;
}

/** A job of any name, as the runner holds them. */
export type AnyJob = { [N in JobName]: Job<N> }[JobName];

/** Keeps the payload's type bound to the name while the job is declared. */
export function defineJob<N extends JobName>(job: Job<N>): Job<N> {
  return job;
}
