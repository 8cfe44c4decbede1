import type { MasterDatabase } from '../../database/master.ts';
import { LockstepError } from '../../errors.ts';
import { findCompany } from './find-company.ts';
import { type Override, overrideColumns } from './override.ts';

export interface GrantOverrideInput {
  /** Id or slug. */
  readonly companyId?: string | undefined;
  readonly reason: string;
  /** When the grant ends if nobody has used it; never when absent. */
  readonly expiresAt?: Date | null | undefined;
  /** Who grants it, as the audit shall name them. */
  readonly by: string;
}

const longestReason = 500;

/**
 * Allows a company one more historical sync. Granting twice leaves one override and two audit rows.
 * A grant that comes while a start is using the one before stays for the next start.
 * Throws BAD_USER_INPUT (reason, expiry), NOT_FOUND (company).
 */
export async function grantOverride(
  master: MasterDatabase,
  input: GrantOverrideInput,
  now: Date,
): Promise<Override> {
  const reason = checkedReason(input.reason);
  if (input.expiresAt && !(input.expiresAt.getTime() > now.getTime())) {
    throw new LockstepError('BAD_USER_INPUT', 'The expiry must be a time in the future.', {
      field: 'expiresAt',
    });
  }
  return master.transaction(async (tx) => {
    const company = await findCompany(tx, input.companyId);
    const [granted] = await tx.query<Override>(
      `with granted as (
         insert into sync_permissions (company_id, can_manual_sync_override, override_reason,
                override_enabled_at, override_enabled_by, override_expires_at)
         values ($1, true, $2, now(), $3, $4)
         on conflict (company_id) do update set
                can_manual_sync_override = true, override_reason = excluded.override_reason,
                override_enabled_at = excluded.override_enabled_at,
                override_enabled_by = excluded.override_enabled_by,
                override_expires_at = excluded.override_expires_at
         returning *)
       select ${overrideColumns} from granted p join companies c on c.id = p.company_id`,
      [company.id, reason, input.by, input.expiresAt ?? null],
    );
    if (!granted) throw new TypeError('upsert into sync_permissions returned no row');
    return granted;
  });
}

function checkedReason(reason: string): string {
  const trimmed = reason.replaceAll('\0', '').trim();
  if (trimmed === '') {
    throw new LockstepError('BAD_USER_INPUT', 'A reason is needed; it goes into the audit.', {
      field: 'reason',
    });
  }
  if (trimmed.length > longestReason) {
    throw new LockstepError(
      'BAD_USER_INPUT',
      `The reason has ${trimmed.length} characters; ${longestReason} are allowed.`,
      { field: 'reason', limit: longestReason },
    );
  }
  return trimmed;
}
