import type { CompanyDatabase } from '../../database/company.ts';
import type { Sql } from '../../database/sql.ts';
import { LockstepError } from '../../errors.ts';
import type { SingleFlight } from '../../lib/single-flight.ts';
import { sleep } from '../../lib/sleep.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { AccountsParts } from './accounts-parts.ts';
import { decideToken, refreshMarginSeconds, type TokenDecision } from './decide-token.ts';
import { type GrantRow, grantColumns, openToken } from './grant.ts';
import { GrantRefresh, type Refreshed } from './refresh-grant.ts';

export interface AccessTokenOptions {
  /** How long the token must still be good for, seconds (at least 5 minutes are tried for). */
  readonly minimumSeconds?: number;
  /** The token the vendor just answered 401 to: a newer one is wanted. */
  readonly rejected?: string;
}

/** Saving is tried this often when the database fails just after the vendor rotated the token. */
const mostSaves = 5;

/**
 * A usable access token of the grant, refreshed once however many callers in however many processes
 * want it: callers of this process share a flight, processes the row lock.
 * @throws ProviderError NEEDS_REAUTH, PROVIDER_UNAVAILABLE or RATE_LIMITED (with retryAfterSeconds)
 * @throws LockstepError NOT_FOUND, CREDENTIALS_UNREADABLE
 */
export async function accessToken(
  parts: AccountsParts,
  flights: SingleFlight<Refreshed>,
  target: { organizationId: string; grantId: string },
  options: AccessTokenOptions = {},
): Promise<string> {
  const database = await parts.databases.of(target.organizationId);
  const scope = { role: 'service_role', organizationId: target.organizationId } as const;
  const [grant] = await database.query<GrantRow>(scope, selectGrant, [
    target.organizationId,
    target.grantId,
  ]);
  const present = settle(parts, grant, options);
  const key = `${target.grantId} ${options.rejected ?? ''}`;
  const settled =
    present ?? (await flights.run(key, () => refreshLocked(parts, database, target, options)));
  if (settled.ok) return settled.token;
  throw settled.error;
}

const selectGrant = `select ${grantColumns} from provider_grants where org_id = $1 and id = $2`;

/**
 * Why the row lock is held over the call to the vendor: a rotating refresh token may be sent once,
 * so the others must wait for its outcome, and a lock ends with its holder's connection, which a
 * claim column would not (a crash would then cost everyone a time-out). The call is bounded to about
 * 20 s by `login-fetch.ts`, the wait for the lock by `lock_timeout`, and each process holds at most
 * one such transaction per grant.
 */
async function refreshLocked(
  parts: AccountsParts,
  database: CompanyDatabase,
  target: { organizationId: string; grantId: string },
  options: AccessTokenOptions,
): Promise<Refreshed> {
  const refresh = new GrantRefresh(parts);
  const scope = { role: 'service_role', organizationId: target.organizationId } as const;
  const work = async (tx: Sql) => {
    await tx.query(
      `select set_config('statement_timeout', '45s', true), set_config('lock_timeout', '40s', true),
         set_config('idle_in_transaction_session_timeout', '60s', true)`,
    );
    const [grant] = await tx.query<GrantRow>(`${selectGrant} for update`, [
      target.organizationId,
      target.grantId,
    ]);
    return settle(parts, grant, options) ?? (await refresh.run(tx, requireGrant(grant)));
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction(scope, work);
    } catch (error) {
      // The old token may be dead already: losing the new one now would cost the member a sign-in.
      if (!refresh.holdsTokens || attempt === mostSaves) throw error;
      parts.log.error({ err: error, ...target, attempt }, 'Fresh tokens could not be saved yet');
      await sleep(100 * 2 ** attempt);
    }
  }
}

/** The outcome, if it is known without asking the vendor. */
function settle(
  parts: AccountsParts,
  found: GrantRow | undefined,
  options: AccessTokenOptions,
): Refreshed | null {
  const grant = requireGrant(found);
  const now = parts.clock();
  const token = openToken(parts.vault, grant, 'access_token_sealed');
  const decision: TokenDecision = decideToken(
    {
      status: grant.status,
      hasAccessToken: token !== null,
      hasRefreshToken: grant.refresh_token_sealed !== null,
      expiresAt: grant.access_expires_at,
      retryAt: grant.refresh_retry_at,
    },
    {
      now,
      minimumSeconds: options.minimumSeconds ?? refreshMarginSeconds,
      refused: token !== null && token === options.rejected,
    },
  );
  switch (decision) {
    case 'use':
      return token === null ? null : { ok: true, token };
    case 'refresh':
      return null;
    case 'reconnect':
      return { ok: false, error: needsReconnect(grant) };
    case 'wait':
      return { ok: false, error: coolingDown(grant, now) };
  }
}

function requireGrant(grant: GrantRow | undefined): GrantRow {
  if (grant) return grant;
  throw new LockstepError('NOT_FOUND', 'The account is no longer connected. Connect it again.');
}

function needsReconnect(grant: GrantRow): ProviderError {
  return new ProviderError(
    'NEEDS_REAUTH',
    `The account has to be connected again${grant.status_reason ? ` (${grant.status_reason})` : ''}.`,
  );
}

function coolingDown(grant: GrantRow, now: Date): ProviderError {
  const until = grant.refresh_retry_at?.getTime() ?? now.getTime();
  const seconds = Math.max(1, Math.ceil((until - now.getTime()) / 1000));
  return new ProviderError(
    'PROVIDER_UNAVAILABLE',
    `The sign-in service failed ${grant.refresh_failures} times; it is asked again in ${seconds} s.`,
    { retryAfterSeconds: seconds },
  );
}
