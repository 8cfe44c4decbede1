import type { Vendor } from '../../providers/contract.ts';
import type { Vault, VaultPlace } from './vault.ts';

export const grantStatuses = ['active', 'reconnect_required', 'revoked'] as const;
export type GrantStatus = (typeof grantStatuses)[number];

/** A row of `provider_grants`: one vendor account of one member, with its tokens sealed. */
export interface GrantRow {
  readonly id: string;
  readonly org_id: string;
  readonly user_id: string;
  readonly vendor: Vendor;
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly status: GrantStatus;
  readonly status_reason: string | null;
  readonly access_token_sealed: string | null;
  readonly refresh_token_sealed: string | null;
  readonly access_expires_at: Date | null;
  readonly refresh_failures: number;
  readonly refresh_retry_at: Date | null;
  readonly generation: number;
}

export const grantColumns = `id, org_id, user_id, vendor, subject, scopes, status, status_reason,
  access_token_sealed, refresh_token_sealed, access_expires_at, refresh_failures, refresh_retry_at,
  generation`;

export type TokenColumn = 'access_token_sealed' | 'refresh_token_sealed';

/** Where a grant's token is sealed to. */
export function tokenPlace(
  organizationId: string,
  grantId: string,
  column: TokenColumn,
): VaultPlace {
  return { table: 'provider_grants', rowId: grantId, column, organizationId };
}

/** The token in clear; null when the grant holds none. */
export function openToken(vault: Vault, grant: GrantRow, column: TokenColumn): string | null {
  const sealed = grant[column];
  return sealed === null ? null : vault.open(sealed, tokenPlace(grant.org_id, grant.id, column));
}

/** The token as it is stored; null stays null. */
export function sealToken(
  vault: Vault,
  organizationId: string,
  grantId: string,
  column: TokenColumn,
  token: string | null,
): string | null {
  return token === null ? null : vault.seal(token, tokenPlace(organizationId, grantId, column));
}
