import type { Sql } from '../../database/sql.ts';
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
  await tx.query(
    `insert into notifications (org_id, user_id, kind, title, body, data, dedupe_key)
     values ($1, $2, 'reconnect_required', $3, $4, $5, $6)
     on conflict (org_id, user_id, dedupe_key) do nothing`,
    [grant.org_id, grant.user_id, title, body, { vendor: grant.vendor }, dedupeKey],
  );
  await tx.query(
    `insert into mail_outbox (org_id, user_id, to_address, subject, body, dedupe_key)
     select $1, u.id, u.email, $3, $4, $5 from auth.users u where u.id = $2 and u.email is not null
     on conflict (org_id, dedupe_key) do nothing`,
    [grant.org_id, grant.user_id, title, body, dedupeKey],
  );
}
