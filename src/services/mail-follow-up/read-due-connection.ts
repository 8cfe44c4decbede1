import type { Sql } from '../../database/sql.ts';
import { memberActive } from '../mail/member-active.ts';

/** A connection that can be followed now. */
export interface DueConnection {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly provider: string;
  readonly accountSubject: string | null;
  /** Start of the historical sync's window. */
  readonly windowFrom: Date;
}

// The window is that of the oldest historical sync: an override may have read a shorter one later.
const windowFrom = `coalesce(
  (select min((q.input ->> 'windowFrom')::timestamptz) from sync_job_queue q
    where q.org_id = c.org_id and q.kind = 'initial_mail' and q.target_id = c.id),
  c.initial_sync_started_at - interval '365 days')`;

const due = `
  select c.id, c.org_id as "organizationId", c.tenant_id as "userId", c.provider_key as provider,
         c.account_subject as "accountSubject", ${windowFrom} as "windowFrom"
    from connections c
   where c.status = 'connected' and c.initial_sync_completed and c.grant_id is not null
     and ${memberActive}
     and not exists (select from sync_job_queue q
                      where q.org_id = c.org_id and q.target_id = c.id
                        and q.kind in ('initial_mail', 'mail_follow_up')
                        and q.status in ('queued', 'running', 'paused', 'held'))`;

/** Every connection of the database whose mailbox can be followed now, those waiting longest first. */
export function readDueConnections(tx: Sql): Promise<DueConnection[]> {
  return tx.query<DueConnection>(`${due} order by c.last_sync_at nulls first, c.id`);
}

/** One of them; null when it cannot be followed or is being read already. */
export async function readDueConnection(
  tx: Sql,
  organizationId: string,
  connectionId: string,
): Promise<DueConnection | null> {
  const [connection] = await tx.query<DueConnection>(`${due} and c.org_id = $1 and c.id = $2`, [
    organizationId,
    connectionId,
  ]);
  return connection ?? null;
}
