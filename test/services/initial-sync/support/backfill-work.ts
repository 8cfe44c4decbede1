import type { CompanyDatabase } from '../../../../src/database/company.ts';
import type { Accounts } from '../../../../src/services/accounts/accounts.ts';
import { initialMailBackfill } from '../../../../src/services/initial-sync/backfill.ts';
import type { BackfillCheckpoint } from '../../../../src/services/initial-sync/backfill-checkpoint.ts';
import type { RunWorker } from '../../../../src/services/sync/execute-run.ts';
import { type RunHandler, runHandlers } from '../../../../src/services/sync/run-handler.ts';
import { silentLog } from './start-fixture.ts';

/** The handler as the product wires it. */
export function backfillOf(accounts: Accounts): RunHandler<BackfillCheckpoint> {
  return initialMailBackfill({
    openMailbox: (input) => accounts.openMail(input),
    clock: () => new Date(),
  });
}

export function workerOf(
  database: CompanyDatabase,
  handler: RunHandler<BackfillCheckpoint>,
): RunWorker {
  return {
    database,
    handlers: runHandlers([handler as RunHandler<unknown>]),
    log: silentLog,
    owner: `worker ${process.pid}`,
    leaseSeconds: 30,
    heartbeatSeconds: 10,
    watchSeconds: 0.2,
    sliceSeconds: 600,
    graceSeconds: 5,
    random: () => 0,
  };
}
