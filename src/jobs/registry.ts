import type { AnyJob } from '../queue/job.ts';
import type { RunWorker } from '../services/sync/execute-run.ts';
import { applyRetentionJob } from './apply-retention.ts';
import { cleanPreviewsJob } from './clean-previews.ts';
import { makePartitionsJob } from './make-partitions.ts';
import { syncRunJob } from './sync-run.ts';

export interface JobParts {
  readonly worker: RunWorker;
  /** Runs that one process executes at once per company database. */
  readonly concurrency: number;
  /** Jobs of other areas for the same company database. */
  readonly others: readonly AnyJob[];
}

/** Every job of one company database. A job that is not here is never handled. */
export function jobsOf({ worker, concurrency, others }: JobParts): readonly AnyJob[] {
  return [
    syncRunJob(worker, concurrency),
    makePartitionsJob(worker.database, worker.log),
    cleanPreviewsJob(worker.database),
    applyRetentionJob(worker.database, worker.log),
    ...others,
  ];
}
