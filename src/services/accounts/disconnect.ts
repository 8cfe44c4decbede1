import type { Sql } from '../../database/sql.ts';
import { LockstepError } from '../../errors.ts';
import type { AccountsParts } from './accounts-parts.ts';
import { cancelRuns } from './cancel-runs.ts';
import { type GrantRow, grantColumns } from './grant.ts';
import { revokeGrant } from './revoke-grant.ts';

export interface DisconnectInput {
  readonly organizationId: string;
  /** The member whose connection it is. */
  readonly userId: string;
  readonly connectionId: string;
  /** false: the mail read through it is deleted too. */
  readonly keepMail: boolean;
}

export interface Disconnected {
  readonly connectionId: string;
  readonly deletedMessages: number;
  /** Whether the vendor account's tokens were forgotten (no other connection uses them). */
  readonly tokensForgotten: boolean;
}

/**
 * Ends a connection and, when nothing else uses the vendor account, its grant: revoked at the vendor
 * where that is possible (Microsoft has no endpoint for it), forgotten here. The one-time sync stays
 * used.
 * @throws LockstepError NOT_FOUND, for another member's connection too
 */
export async function disconnectProvider(
  parts: AccountsParts,
  { organizationId, userId, connectionId, keepMail }: DisconnectInput,
): Promise<Disconnected> {
  const { databases, clock, log, runHandlers = () => new Map() } = parts;
  const database = await databases.of(organizationId);
  const scope = { role: 'service_role', organizationId } as const;
  const ended = await database.transaction(scope, async (tx) => {
    const owned = 'org_id = $1 and id = $2 and tenant_id = $3';
    const key = [organizationId, connectionId, userId];
    const found = await tx.query(`select 1 from connections where ${owned}`, key);
    if (found.length === 0) throw new LockstepError('NOT_FOUND', 'There is no such connection.');
    await cancelRuns(tx, runHandlers(), organizationId, connectionId);
    const [connection] = await tx.query<{ grant_id: string | null }>(
      `select grant_id from connections where ${owned} for update`,
      key,
    );
    // The generation and the missing grant stop a page that a run is still about to store.
    await tx.query(
      `update connections set status = 'disconnected', status_reason = null, grant_id = null,
         generation = generation + 1 where ${owned}`,
      key,
    );
    const forgotten = await forgetTokens(tx, organizationId, connection?.grant_id ?? null, clock());
    const tokensForgotten = forgotten !== null;
    const deletedMessages = keepMail ? 0 : await deleteMail(tx, organizationId, connectionId);
    await tx.query(
      `insert into admin_audit_log (org_id, actor_id, action, target_type, target_id, details)
       values ($1, $2, 'account.disconnected', 'connection', $3, $4)`,
      [organizationId, userId, connectionId, { keepMail, deletedMessages, tokensForgotten }],
    );
    return { forgotten, outcome: { connectionId, deletedMessages, tokensForgotten } };
  });
  const { forgotten, outcome } = ended;
  log.info({ organizationId, ...outcome }, 'An account was disconnected');
  if (forgotten) await revokeGrant(parts, forgotten);
  return outcome;
}

/** The grant as it was, when no other connection uses it. */
async function forgetTokens(
  tx: Sql,
  organizationId: string,
  grantId: string | null,
  now: Date,
): Promise<GrantRow | null> {
  const [grant] = await tx.query<GrantRow>(
    `select ${grantColumns} from provider_grants g where org_id = $1 and id = $2 and not exists
       (select 1 from connections c where c.org_id = g.org_id and c.grant_id = g.id) for update`,
    [organizationId, grantId],
  );
  if (!grant) return null;
  await tx.query(
    `update provider_grants set status = 'revoked', status_reason = 'disconnected by the member',
       status_at = $3, access_token_sealed = null, refresh_token_sealed = null, access_expires_at = null
     where org_id = $1 and id = $2`,
    [organizationId, grantId, now],
  );
  return grant;
}

async function deleteMail(tx: Sql, organizationId: string, connectionId: string): Promise<number> {
  await tx.query('delete from mail_folders where org_id = $1 and connection_id = $2', [
    organizationId,
    connectionId,
  ]);
  const [deleted] = await tx.query<{ count: number }>(
    `with gone as (delete from messages where org_id = $1 and connection_id = $2 returning 1)
     select count(*)::integer as count from gone`,
    [organizationId, connectionId],
  );
  return deleted?.count ?? 0;
}
