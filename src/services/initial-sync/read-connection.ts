import type { Sql } from '../../database/sql.ts';
import { memberActive } from '../mail/member-active.ts';
import type { StartableConnection } from './decide.ts';
import type { MailProviderKey } from './mail-provider-key.ts';

/** A member's connection with all that the start needs. */
export interface MailConnection extends StartableConnection {
  readonly id: string;
  /** False once the member was deactivated or left the organisation. */
  readonly memberActive: boolean;
}

/** Reads the member's connection to a provider; null when there never was one. */
export async function readConnection(
  tx: Sql,
  organizationId: string,
  userId: string,
  provider: MailProviderKey,
): Promise<MailConnection | null> {
  const [connection] = await tx.query<MailConnection>(
    `select c.id, c.status, c.status_reason as "statusReason", c.can_manual_sync as "canManualSync",
            c.initial_sync_started_at as "startedAt", c.sync_lock_reason as "lockReason",
            coalesce(l.full_name, l.email) as "lockedBy",
            (select q.id from sync_job_queue q
              where q.org_id = c.org_id and q.kind = 'initial_mail' and q.target_id = c.id
                and q.status in ('queued', 'running', 'paused', 'held') limit 1) as "liveRunId",
            coalesce((select q.status = 'failed' from sync_job_queue q
              where q.org_id = c.org_id and q.kind = 'initial_mail' and q.target_id = c.id
                and not q.input ? 'retryOf'
              order by q.queued_at desc limit 1), false) as "lastRunFailed",
            ${memberActive} as "memberActive"
       from connections c
       left join auth.users_extended l on l.id = c.locked_by
      where c.org_id = $1 and c.tenant_id = $2 and c.provider_key = $3`,
    [organizationId, userId, provider],
  );
  return connection ?? null;
}
