import type { Sql } from '../../database/sql.ts';
import { addNotification } from '../notifications/add-notification.ts';
import { queueMail } from '../notifications/queue-mail.ts';
import type { GrantRow } from './grant.ts';

const vendorNames = { microsoft: 'Microsoft', google: 'Google' } as const;

/**
 * Ends a grant that the vendor no longer accepts: its connections wait for the member, who is told
 * once per consent. Tokens that are refused for good are not kept.
 * @param reason for people; no token, no vendor text
 */
export async function requireReconnect(
  tx: Sql,
  grant: GrantRow,
  reason: string,
  now: Date,
): Promise<void> {
  const ended = await tx.query(
    `update provider_grants set status = 'reconnect_required', status_reason = $3, status_at = $4,
       access_token_sealed = null, refresh_token_sealed = null, access_expires_at = null
     where org_id = $1 and id = $2 and generation = $5 and status = 'active' returning id`,
    [grant.org_id, grant.id, reason, now, grant.generation],
  );
  if (ended.length === 0) return;
  await tx.query(
    `update connections set status = 'reconnect_required', status_reason = $3
     where org_id = $1 and grant_id = $2 and status = 'connected'`,
    [grant.org_id, grant.id, reason],
  );
  const name = vendorNames[grant.vendor];
  const title = `Connect your ${name} account again`;
  const body = `${name} no longer accepts the consent you gave, so Lockstep cannot read your account. Nothing is lost: open Connections, connect the same account again, and the work goes on. (${reason})`;
  const dedupeKey = `reconnect:${grant.id}:${grant.generation}`;
  const { org_id: organizationId, user_id: userId, vendor } = grant;
  await addNotification(tx, {
    organizationId,
    userId,
    kind: 'reconnect_required',
    title,
    body,
    data: { vendor },
    dedupeKey,
  });
  const [member] = await tx.query<{ email: string | null }>(
    'select email from auth.users where id = $1',
    [userId],
  );
  if (!member?.email) return;
  await queueMail(tx, {
    organizationId,
    userId,
    to: member.email,
    subject: title,
    body,
    dedupeKey,
  });
}
