import { type Lease, leaseScope } from './lease.ts';
import type { RequestedAction } from './state.ts';

export interface LeaseState {
  readonly requested: RequestedAction | null;
}

/** Extends the lease by the database's clock; null when it is lost. */
export async function renewLease(lease: Lease): Promise<LeaseState | null> {
  const [row] = await lease.database.query<{ requested_action: RequestedAction | null }>(
    leaseScope(lease),
    `update sync_job_queue
        set lease_expires_at = clock_timestamp() + $4::float8 * interval '1 second',
            heartbeat_at = clock_timestamp()
      where org_id = $1 and id = $2 and status = 'running' and lease_number = $3
      returning requested_action`,
    [lease.organizationId, lease.runId, lease.number, lease.seconds],
  );
  return row ? { requested: row.requested_action } : null;
}

/** Looks for a request without writing; null when the lease is lost. */
export async function readLease(lease: Lease): Promise<LeaseState | null> {
  const [row] = await lease.database.query<{ requested_action: RequestedAction | null }>(
    leaseScope(lease),
    `select requested_action from sync_job_queue
      where org_id = $1 and id = $2 and status = 'running' and lease_number = $3`,
    [lease.organizationId, lease.runId, lease.number],
  );
  return row ? { requested: row.requested_action } : null;
}
