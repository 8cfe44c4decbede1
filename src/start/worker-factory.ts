import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Config } from '../config.ts';
import type { CompanyDatabase } from '../database/company.ts';
import { checkMailboxJob } from '../jobs/check-mailbox.ts';
import { CompanyWorker } from '../jobs/company-worker.ts';
import { followMailJob } from '../jobs/follow-mail.ts';
import { reconcileClaimsJob } from '../jobs/reconcile-claims.ts';
import { systemClock } from '../lib/clock.ts';
import type { Logger } from '../log.ts';
import type { Accounts } from '../services/accounts/accounts.ts';
import type { RunHandlers } from '../services/sync/run-handler.ts';
import type { Foundation } from './foundation.ts';

export interface WorkerParts extends Pick<Foundation, 'master' | 'companies'> {
  readonly config: Config;
  readonly log: Logger;
  readonly accounts: Pick<Accounts, 'openMail'>;
  readonly runHandlers: RunHandlers;
  /** Runs at a time per company database. */
  readonly concurrency: number;
}

/** How often a running run looks for a pause or cancel between heartbeats. */
const watchSeconds = 1;
/** A run gives its slot to a waiting one after so long, and goes on from its checkpoint later. */
const sliceSeconds = 300;
/** A handler that ignores its signal is left behind after so long; the fence refuses what it writes. */
const graceSeconds = 3;

/** Makes the workers of this process; all of them carry one name in the rows they lease. */
export function workerFactory(parts: WorkerParts): (database: CompanyDatabase) => CompanyWorker {
  const { config, log, master, companies, accounts, runHandlers, concurrency } = parts;
  const owner = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  return (database) =>
    new CompanyWorker({
      worker: {
        database,
        handlers: runHandlers,
        log: log.child({ database: database.name }),
        owner,
        leaseSeconds: config.workers.leaseSeconds,
        heartbeatSeconds: config.workers.heartbeatSeconds,
        watchSeconds,
        sliceSeconds,
        graceSeconds,
        random: Math.random,
      },
      concurrency,
      others: [
        reconcileClaimsJob(database, { master, companies, log }),
        followMailJob(database),
        checkMailboxJob({
          database,
          openMailbox: (input) => accounts.openMail(input),
          clock: systemClock,
          log,
        }),
      ],
    });
}
