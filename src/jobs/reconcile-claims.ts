import type { CompanyDatabase } from '../database/company.ts';
import type { CompanyDatabases } from '../database/company-databases.ts';
import { defineJob, type Job } from '../queue/job.ts';
import {
  type ReconcileParts,
  reconcileClaims,
  reconcileHeldOverrides,
} from '../services/initial-sync/reconcile-claims.ts';

/**
 * Finishes or gives back overrides that a dead process left between the two databases. Deduplicated
 * by its name; not retried, because the schedule brings the next one within half a minute.
 */
export function reconcileClaimsJob(
  database: CompanyDatabase,
  parts: ReconcileParts & { readonly companies: CompanyDatabases },
): Job<'initial-sync.reconcile'> {
  return defineJob({
    name: 'initial-sync.reconcile',
    retryLimit: 0,
    retryDelaySeconds: 1,
    timeoutSeconds: 60,
    concurrency: 1,
    handle: async () => {
      const claims = await reconcileClaims(parts, database);
      const held = await reconcileHeldOverrides(parts, parts.companies);
      if (claims + held > 0) parts.log.info({ claims, held }, 'override claims settled');
    },
  });
}
