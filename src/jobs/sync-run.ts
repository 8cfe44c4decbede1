import { defineJob, type Job } from '../queue/job.ts';
import { claimRun } from '../services/sync/claim-run.ts';
import { executeRun, type RunWorker } from '../services/sync/execute-run.ts';

/**
 * Takes one ticket: claims the fairest due run, which need not be the ticket's, and executes it.
 * Deduplicated by run and wait (`enqueueRun`). Never tried again as a job and no dead letter: the run's own row decides
 * about the next attempt, and whoever loses a ticket is covered by `requeueOrphans`.
 */
export function syncRunJob(worker: RunWorker, concurrency: number): Job<'sync.run'> {
  return defineJob({
    name: 'sync.run',
    retryLimit: 0,
    retryDelaySeconds: 1,
    deadLetter: false,
    // Far beyond a slice and its grace: the queue must never take a job from under a living run.
    timeoutSeconds: Math.min(86_400, Math.ceil(worker.sliceSeconds * 2 + 3600)),
    concurrency,
    handle: async (_ticket, { signal }) => {
      if (signal.aborted) return;
      const run = await claimRun(worker.database, {
        kinds: [...worker.handlers.keys()],
        owner: worker.owner,
        leaseSeconds: worker.leaseSeconds,
      });
      if (run) await executeRun(worker, run, signal);
    },
  });
}
