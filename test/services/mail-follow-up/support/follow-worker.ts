import { argv } from 'node:process';
import { CompanyWorker } from '../../../../src/jobs/company-worker.ts';
import { openAccounts, type WorldAddress } from '../../accounts/world.ts';
import { workerOf } from '../../initial-sync/support/backfill-work.ts';
import { followUpOf } from './follow-world.ts';

/** A worker process over a world that another process started; works until it is killed. */
const address: WorldAddress = JSON.parse(argv[2] ?? '{}');
const { accounts, company } = openAccounts(address);
const worker = new CompanyWorker({
  worker: {
    ...workerOf(company, followUpOf({ accounts }) as never),
    leaseSeconds: 2,
    heartbeatSeconds: 0.5,
  },
  concurrency: 1,
  others: [],
  reapSeconds: 0.5,
});
await worker.start();
