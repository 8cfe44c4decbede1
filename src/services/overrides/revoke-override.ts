import type { MasterDatabase } from '../../database/master.ts';
import { LockstepError } from '../../errors.ts';
import { findCompany } from './find-company.ts';
import { type Override, overrideColumns } from './override.ts';

export interface RevokeOverrideInput {
  /** Id or slug. */
  readonly companyId?: string | undefined;
  /** Who revokes it, as the audit shall name them. */
  readonly by: string;
}

export interface RevokedOverride {
  /** False when there was nothing to revoke; then nothing changed. */
  readonly revoked: boolean;
  /** The override as it now stands; null when the company never had one. */
  readonly override: Override | null;
}

/**
 * Takes back an unused override; the audit takes the name from `override_enabled_by`. Use and revocation exclude each other: while a start holds the
 * override this throws CONFLICT, and within two minutes it is either used or free to be revoked.
 */
export async function revokeOverride(
  master: MasterDatabase,
  input: RevokeOverrideInput,
): Promise<RevokedOverride> {
  return master.transaction(async (tx) => {
    const company = await findCompany(tx, input.companyId);
    const [present] = await tx.query<{ on: boolean; claimed: boolean }>(
      `select can_manual_sync_override is true as on, override_claim_id is not null as claimed
         from sync_permissions where company_id = $1 for update`,
      [company.id],
    );
    if (present?.claimed && !present.on) {
      throw new LockstepError(
        'CONFLICT',
        'A start is using this override at this moment. Look again in two minutes: it will be used up or free to be revoked.',
        { retryAfterSeconds: 120 },
      );
    }
    if (present?.on) {
      await tx.query(
        `update sync_permissions
            set can_manual_sync_override = null, override_enabled_by = $2
          where company_id = $1`,
        [company.id, input.by],
      );
    }
    const [override] = await tx.query<Override>(
      `select ${overrideColumns}
         from sync_permissions p join companies c on c.id = p.company_id where p.company_id = $1`,
      [company.id],
    );
    return { revoked: present?.on ?? false, override: override ?? null };
  });
}
