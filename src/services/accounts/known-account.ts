import type { CompanyDatabase } from '../../database/company.ts';
import { missingScopes, type PurposeRule } from './purpose.ts';

export interface KnownAccount {
  readonly email: string | null;
  /**
   * Whether a refresh token is stored that the vendor has not refused and that carries the purpose: an
   * older token keeps the scopes it was issued with, however much was granted since.
   */
  readonly refreshable: boolean;
}

/** The account behind the member's connection for this purpose; null when there is none. */
export async function knownAccount(
  database: CompanyDatabase,
  { organizationId, userId }: { organizationId: string; userId: string },
  { providerKey, needed }: PurposeRule,
): Promise<KnownAccount | null> {
  const [known] = await database.query<KnownAccount & { scopes: readonly string[] }>(
    { role: 'service_role', organizationId },
    `select c.account_email as email,
       coalesce(g.status = 'active' and g.refresh_token_sealed is not null, false) as refreshable,
       coalesce(g.scopes, '{}') as scopes
     from connections c left join provider_grants g on g.org_id = c.org_id and g.id = c.grant_id
     where c.org_id = $1 and c.tenant_id = $2 and c.provider_key = $3 and c.status <> 'disconnected'`,
    [organizationId, userId, providerKey],
  );
  if (!known) return null;
  const { email, refreshable, scopes } = known;
  return { email, refreshable: refreshable && missingScopes(needed, scopes).length === 0 };
}
