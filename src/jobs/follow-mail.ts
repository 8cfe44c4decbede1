import type { CompanyDatabase } from '../database/company.ts';
import { defineJob, type Job } from '../queue/job.ts';
import { enqueueChecks } from '../services/mail-follow-up/enqueue-checks.ts';

/**
 * Has every mailbox looked at. Deduplicated by its name; not retried, because the schedule brings the
 * next one.
 */
export function followMailJob(database: CompanyDatabase): Job<'mail.follow'> {
  return defineJob({
    name: 'mail.follow',
    retryLimit: 0,
    retryDelaySeconds: 1,
    deadLetter: false,
    timeoutSeconds: 120,
    concurrency: 1,
    handle: async () => {
      await enqueueChecks(database);
    },
  });
}
