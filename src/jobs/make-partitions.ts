import type { CompanyDatabase } from '../database/company.ts';
import type { Logger } from '../log.ts';
import { defineJob, type Job } from '../queue/job.ts';
import { makePartitions } from '../services/sync/make-partitions.ts';

/** Two whole months of failing jobs before a row lands in the default partition, which also works. */
const monthsAhead = 3;

/** Makes log partitions ahead. Deduplicated by its name: waiting twice would do the same. */
export function makePartitionsJob(
  database: CompanyDatabase,
  log: Logger,
): Job<'maintenance.partitions'> {
  return defineJob({
    name: 'maintenance.partitions',
    retryLimit: 5,
    retryDelaySeconds: 30,
    timeoutSeconds: 120,
    concurrency: 1,
    handle: async () => {
      const made = await makePartitions(database, monthsAhead);
      if (made.length > 0) log.info({ partitions: made }, 'log partitions made');
    },
  });
}
