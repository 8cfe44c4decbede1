import { argv, pid, stdout } from 'node:process';
import { openCompanyDatabase } from '../../../../src/database/company.ts';
import { CompanyWorker } from '../../../../src/jobs/company-worker.ts';
import { sleep } from '../../../../src/lib/sleep.ts';
import { createLog } from '../../../../src/log.ts';
import { runHandlers } from '../../../../src/services/sync/run-handler.ts';
import { numbersHandler } from './numbers-handler.ts';

/** A worker process to be killed: `crash-worker.ts URL ITEMS LEASE_SECONDS`. */
const [, , url = '', items = '0', leaseSeconds = '2'] = argv;
const log = createLog({ level: 'silent', format: 'json' });
const database = openCompanyDatabase({ name: 'default', url, poolSize: 4, log });
const handler = numbersHandler({
  items: Number(items),
  pageSize: 7,
  poison: [13, 200],
  // Time to be killed in, before the page and inside its transaction.
  beforePage: () => sleep(15),
  transactionMilliseconds: 15,
});
const worker = new CompanyWorker({
  worker: {
    database,
    handlers: runHandlers([handler]),
    log,
    owner: `crash-worker-${pid}`,
    leaseSeconds: Number(leaseSeconds),
    heartbeatSeconds: Number(leaseSeconds) / 3,
    watchSeconds: Number(leaseSeconds) / 3,
    sliceSeconds: 600,
    graceSeconds: 1,
    random: Math.random,
  },
  concurrency: 1,
  others: [],
  reapSeconds: 0.3,
});
await worker.start();
stdout.write('ready\n');
