import { access, constants } from 'node:fs/promises';
import type { Config } from '../config.ts';
import { assertMigrated } from '../database/migrate/assert-migrated.ts';
import { LockstepError } from '../errors.ts';
import type { HealthCheck } from '../services/health/check-health.ts';
import type { Foundation } from './foundation.ts';

/** A run that has waited so long for a worker means that nobody works. */
const longestWaitSeconds = 300;

/** What `/health` looks at, by the names of the public contract. */
export function healthChecks(
  config: Config,
  { urls, master, companies }: Foundation,
): Readonly<Record<'master' | 'company' | 'migrations' | 'queue' | 'storage', HealthCheck>> {
  const everyOrganization = { role: 'service_role', organizationId: 'all' } as const;
  return {
    master: () => master.ping(),
    company: async () => {
      for (const database of await companies.all()) await database.ping();
    },
    migrations: async () => {
      await assertMigrated(urls.master, 'master');
      for (const database of await companies.all()) await assertMigrated(database.url, 'company');
    },
    queue: async () => {
      for (const database of await companies.all()) {
        const waiting = await database.query(
          everyOrganization,
          `select from sync_job_queue
            where status = 'queued' and coalesce(next_attempt_at, queued_at)
              < now() - make_interval(secs => $1) limit 1`,
          [longestWaitSeconds],
        );
        if (waiting.length > 0) {
          throw new LockstepError(
            'UNAVAILABLE',
            `${database.name}: a run has waited ${longestWaitSeconds} s for a worker. Start one.`,
          );
        }
      }
    },
    storage: () => access(config.dataDir, constants.W_OK),
  };
}

/** Without these no request can be answered. */
export const readiness = ['company', 'migrations'] as const;
