import { randomUUID } from 'node:crypto';
import type { Sql } from '../../database/sql.ts';
import type { ConsentOutcome } from '../../providers/sign-in.ts';
import { ConnectRefused } from './connect-failure.ts';
import { type GrantRow, grantColumns, sealToken } from './grant.ts';
import { purposeRules } from './purpose.ts';
import { saveConnection } from './save-connection.ts';
import type { AuthorizationRow } from './take-authorization.ts';
import type { Vault } from './vault.ts';

/**
 * Stores what a consent brought: the grant with its tokens, and the connection it was asked for.
 * The caller's transaction holds all of it or nothing.
 * @throws ConnectRefused
 */
export async function saveAccount(
  tx: Sql,
  vault: Vault,
  authorization: AuthorizationRow,
  outcome: ConsentOutcome,
  now: Date,
): Promise<{ grantId: string; connectionId: string | null }> {
  const { org_id: organizationId, user_id: userId, vendor } = authorization;
  const { account } = outcome;
  // Two callbacks for one vendor account must see each other, in whatever organisation.
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `account ${vendor} ${account.subject}`,
  ]);
  await requireMember(tx, organizationId, userId);
  const elsewhere = await tx.query(
    `select 1 from provider_grants
     where vendor = $1 and subject = $2 and org_id <> $3 and status <> 'revoked' limit 1`,
    [vendor, account.subject, organizationId],
  );
  if (elsewhere.length > 0) throw new ConnectRefused('already_connected_elsewhere');
  const grantId = await saveGrant(tx, vault, authorization, outcome, now);
  const { providerKey } = purposeRules[authorization.purpose];
  const connectionId = providerKey
    ? await saveConnection(tx, { organizationId, userId, providerKey, grantId, account })
    : null;
  await revive(tx, organizationId, userId, grantId, now);
  await tx.query(
    `insert into admin_audit_log (org_id, actor_id, action, target_type, target_id, details)
     values ($1, $2, 'account.connected', 'provider_grant', $3, $4)`,
    [organizationId, userId, grantId, { vendor, purpose: authorization.purpose }],
  );
  return { grantId, connectionId };
}

async function requireMember(tx: Sql, organizationId: string, userId: string): Promise<void> {
  const rows = await tx.query(
    `select 1 from user_organizations m join auth.users_extended u on u.id = m.user_id
     where m.organization_id = $1 and m.user_id = $2 and u.is_active`,
    [organizationId, userId],
  );
  // Ten minutes are enough to lose a membership.
  if (rows.length === 0) throw new ConnectRefused('not_a_member');
}

async function saveGrant(
  tx: Sql,
  vault: Vault,
  { org_id: organizationId, user_id: userId, vendor, scopes: asked }: AuthorizationRow,
  { tokens, account }: ConsentOutcome,
  now: Date,
): Promise<string> {
  const [existing] = await tx.query<GrantRow>(
    `select ${grantColumns} from provider_grants
     where org_id = $1 and user_id = $2 and vendor = $3 and subject = $4 for update`,
    [organizationId, userId, vendor, account.subject],
  );
  const id = existing?.id ?? randomUUID();
  if (tokens.refreshToken === null && !existing?.refresh_token_sealed) {
    throw new ConnectRefused('no_refresh_token');
  }
  // A second consent extends the grant; what was granted before stays granted.
  const before = existing?.status === 'active' ? existing.scopes : [];
  const scopes = [...new Set([...before, ...(tokens.scopes ?? asked)])];
  await tx.query(
    `insert into provider_grants
       (id, org_id, user_id, vendor, subject, tenant, email, scopes, status, status_at,
        access_token_sealed, refresh_token_sealed, access_expires_at, refreshed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 'active', $12, $9, $10, $11, $12)
     on conflict (org_id, user_id, vendor, subject) do update set
       tenant = excluded.tenant, email = excluded.email, scopes = excluded.scopes,
       status = 'active', status_reason = null, status_at = excluded.status_at,
       access_token_sealed = excluded.access_token_sealed,
       refresh_token_sealed = coalesce(excluded.refresh_token_sealed, provider_grants.refresh_token_sealed),
       access_expires_at = excluded.access_expires_at, refreshed_at = excluded.refreshed_at,
       refresh_failures = 0, refresh_retry_at = null, generation = provider_grants.generation + 1`,
    [
      id,
      organizationId,
      userId,
      vendor,
      account.subject,
      account.tenant,
      account.email,
      scopes,
      sealToken(vault, organizationId, id, 'access_token_sealed', tokens.accessToken),
      sealToken(vault, organizationId, id, 'refresh_token_sealed', tokens.refreshToken),
      tokens.expiresAt,
      now,
    ],
  );
  return id;
}

/** Everything else that lived on the grant works again, and its notice is settled. */
async function revive(
  tx: Sql,
  organizationId: string,
  userId: string,
  grantId: string,
  now: Date,
): Promise<void> {
  await tx.query(
    `update connections set status = 'connected', status_reason = null
     where org_id = $1 and grant_id = $2 and status = 'reconnect_required'`,
    [organizationId, grantId],
  );
  await tx.query(
    `update notifications set read_at = $4
     where org_id = $1 and user_id = $2 and dedupe_key like $3 and read_at is null`,
    [organizationId, userId, `reconnect:${grantId}:%`, now],
  );
}
