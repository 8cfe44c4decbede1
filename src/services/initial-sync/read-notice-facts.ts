import type { Sql } from '../../database/sql.ts';
import { memberActive } from '../mail/member-active.ts';
import type { Run } from '../sync/run.ts';
import { type MailProviderKey, mailProviderKeys } from './mail-provider-key.ts';

/** What the member is told at the end of a run. */
export interface NoticeFacts {
  readonly provider: MailProviderKey;
  readonly memberName: string | null;
  /** False once the member was deactivated or left the organisation. */
  readonly memberActive: boolean;
  /** The grant ended, and the member was told so when it did. */
  readonly toldToReconnect: boolean;
  /** Null when no address is known. */
  readonly mailTo: string | null;
  readonly stored: number;
  readonly setAside: number;
  readonly missing: number;
  /** Counts for programs that read the notification. */
  readonly result: { readonly processed: number; readonly failed: number };
}

interface Row {
  readonly name: string | null;
  readonly email: string | null;
  readonly processed: number;
  readonly failed: number;
  readonly missing: number;
  readonly active: boolean;
  readonly reconnect: boolean;
}

/** Reads names and counts for the notice, in the transaction that ends the run. */
export async function readNoticeFacts(tx: Sql, run: Run): Promise<NoticeFacts> {
  const [row] = await tx.query<Row>(
    `select u.full_name as name, coalesce(u.email, c.account_email) as email,
            coalesce(p.processed_count, 0)::int as processed, coalesce(p.failed_count, 0)::int as failed,
            coalesce(jsonb_array_length(q.result -> 'missing'), 0) as missing,
            ${memberActive} as active, coalesce(c.status = 'reconnect_required', false) as reconnect
       from sync_job_queue q
       left join connections c on c.org_id = q.org_id and c.id = q.target_id
       left join auth.users_extended u on u.id = q.user_id
       left join sync_progress p on p.org_id = q.org_id and p.sync_id = q.id::text
      where q.org_id = $1 and q.id = $2`,
    [run.organizationId, run.id],
  );
  const provider = mailProviderKeys.find((key) => key === run.sourceSystem) ?? 'outlook';
  const processed = row?.processed ?? 0;
  const failed = row?.failed ?? 0;
  return {
    provider,
    memberName: row?.name ?? null,
    memberActive: row?.active ?? false,
    toldToReconnect: run.errorCode === 'NEEDS_REAUTH' && (row?.reconnect ?? false),
    mailTo: row?.email ?? null,
    stored: processed - failed,
    setAside: failed,
    missing: row?.missing ?? 0,
    result: { processed, failed },
  };
}
