import type { Sql } from '../../database/sql.ts';
import type { Tokens } from '../../providers/sign-in.ts';
import { type GrantRow, sealToken } from './grant.ts';
import type { Vault } from './vault.ts';

/** Stores what a refresh brought; the refresh token there is stays when none came. */
export async function saveTokens(
  tx: Sql,
  vault: Vault,
  grant: GrantRow,
  tokens: Tokens,
  now: Date,
): Promise<void> {
  const seal = (column: 'access_token_sealed' | 'refresh_token_sealed', token: string | null) =>
    sealToken(vault, grant.org_id, grant.id, column, token);
  await tx.query(
    `update provider_grants set access_token_sealed = $3,
       refresh_token_sealed = coalesce($4, refresh_token_sealed), access_expires_at = $5,
       refreshed_at = $6, refresh_failures = 0, refresh_retry_at = null
     where org_id = $1 and id = $2`,
    [
      grant.org_id,
      grant.id,
      seal('access_token_sealed', tokens.accessToken),
      seal('refresh_token_sealed', tokens.refreshToken),
      tokens.expiresAt,
      now,
    ],
  );
}
