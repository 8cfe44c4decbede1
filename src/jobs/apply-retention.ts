import type { CompanyDatabase } from '../database/company.ts';
import type { Logger } from '../log.ts';
import { defineJob, type Job } from '../queue/job.ts';
import { applyRetention } from '../services/sync/apply-retention.ts';

/** A year of activity answers "since when"; errors are for people who look within a quarter. */
const retention = { activityMonths: 12, errorMonths: 3 };

/** Drops old history. Deduplicated by its name: waiting twice would do the same. */
export function applyRetentionJob(
  database: CompanyDatabase,
  log: Logger,
): Job<'maintenance.retention'> {
  return defineJob({
    name: 'maintenance.retention',
    retryLimit: 2,
    retryDelaySeconds: 300,
    timeoutSeconds: 600,
    concurrency: 1,
    handle: async () => {
      const { droppedPartitions, deletedErrors } = await applyRetention(database, retention);
      log.info({ droppedPartitions, deletedErrors }, 'old history removed');
    },
  });
}
