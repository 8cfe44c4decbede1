import type { CompanyDatabase } from '../../database/company.ts';
import type { AccountsParts } from './accounts-parts.ts';
import { type GrantRow, grantColumns, openToken, sealToken } from './grant.ts';

/** Rows per transaction, so that refreshes hardly wait. */
const batch = 100;

/**
 * Seals every token anew that was sealed with another key than the first, in all company databases:
 * afterwards the old key may be taken away. May be stopped and started at any time, and run twice at
 * once; grants that are being refreshed are sealed anew by that.
 * @returns how many grants were sealed anew, and how many could not be read
 */
export async function resealTokens(
  parts: AccountsParts,
): Promise<{ resealed: number; unreadable: number }> {
  let resealed = 0;
  let unreadable = 0;
  for (const database of await parts.databases.all()) {
    for (let after: string | null = ''; after !== null; ) {
      const done = await resealBatch(parts, database, after);
      resealed += done.resealed;
      unreadable += done.unreadable;
      after = done.last;
    }
  }
  parts.log.info({ resealed, unreadable }, 'Tokens were sealed with the present key');
  return { resealed, unreadable };
}

function resealBatch(parts: AccountsParts, database: CompanyDatabase, after: string) {
  const { vault, log } = parts;
  return database.transaction({ role: 'service_role', organizationId: 'all' }, async (tx) => {
    const grants = await tx.query<GrantRow>(
      `select ${grantColumns} from provider_grants where id::text > $1
       order by id::text limit $2 for update skip locked`,
      [after, batch],
    );
    let resealed = 0;
    let unreadable = 0;
    for (const grant of grants) {
      const stale = [grant.access_token_sealed, grant.refresh_token_sealed].some(
        (sealed) => sealed !== null && vault.isStale(sealed),
      );
      if (!stale) continue;
      try {
        const [access, refresh] = (['access_token_sealed', 'refresh_token_sealed'] as const).map(
          (column) =>
            sealToken(vault, grant.org_id, grant.id, column, openToken(vault, grant, column)),
        );
        await tx.query(
          `update provider_grants set access_token_sealed = $2, refresh_token_sealed = $3 where id = $1`,
          [grant.id, access, refresh],
        );
        resealed += 1;
      } catch (err) {
        unreadable += 1;
        log.error({ err, grantId: grant.id }, 'A token could not be sealed anew');
      }
    }
    return { resealed, unreadable, last: grants.at(-1)?.id ?? null };
  });
}
