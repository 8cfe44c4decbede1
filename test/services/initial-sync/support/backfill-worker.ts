import { argv, memoryUsage } from 'node:process';
import { setInterval } from 'node:timers';
import { CompanyWorker } from '../../../../src/jobs/company-worker.ts';
import { openAccounts, type WorldAddress } from '../../accounts/world.ts';
import { backfillOf, workerOf } from './backfill-work.ts';

/** A worker process over a world that another process started; reports its memory until it is killed. */
const address: WorldAddress = JSON.parse(argv[2] ?? '{}');
const { accounts, company } = openAccounts(address);
const worker = new CompanyWorker({
  worker: { ...workerOf(company, backfillOf(accounts)), leaseSeconds: 2, heartbeatSeconds: 0.5 },
  concurrency: 1,
  others: [],
  reapSeconds: 0.5,
});
setInterval(() => process.send?.({ rss: memoryUsage.rss() }), 200);
await worker.start();
