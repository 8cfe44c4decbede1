import type { CompanyDatabase } from '../../database/company.ts';
import type { Scope } from '../../database/scope.ts';
import type { Sql } from '../../database/sql.ts';
import { lockRun } from './lock-run.ts';
import type { Run } from './run.ts';
import { RunStopped } from './run-handler.ts';

/** A worker's right to write for a run, until `lease_expires_at` by the database's clock. */
export interface Lease {
  readonly database: CompanyDatabase;
  readonly organizationId: string;
  readonly runId: string;
  /** The fencing number this worker was given. */
  readonly number: number;
  readonly seconds: number;
}

export function leaseScope(lease: Lease): Scope {
  return { role: 'service_role', organizationId: lease.organizationId };
}

/**
 * Reads the run under its row lock and proves that this lease still holds it. An expired lease that
 * nobody took is still good: the lock decides between this worker and the reaper.
 * @throws RunStopped when another worker or the reaper has the run
 */
export async function lockLeasedRun(tx: Sql, lease: Lease): Promise<Run> {
  const run = await lockRun(tx, lease.organizationId, lease.runId);
  if (run.status !== 'running' || run.leaseNumber !== lease.number) {
    throw new RunStopped('lease_lost');
  }
  return run;
}
