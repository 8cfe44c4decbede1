import type { CompanyDatabase } from '../database/company.ts';
import { defineJob, type Job } from '../queue/job.ts';
import { cleanPreviews } from '../services/sync/clean-previews.ts';

/** Deletes expired previews. Deduplicated by its name: waiting twice would do the same. */
export function cleanPreviewsJob(database: CompanyDatabase): Job<'maintenance.previews'> {
  return defineJob({
    name: 'maintenance.previews',
    retryLimit: 2,
    retryDelaySeconds: 30,
    timeoutSeconds: 60,
    concurrency: 1,
    handle: async () => {
      await cleanPreviews(database);
    },
  });
}
