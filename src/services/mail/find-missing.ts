import type { Sql } from '../../database/sql.ts';
import type { MessageOwner } from './save-messages.ts';

export interface MissingMessages {
  /** Neither stored nor set aside. */
  readonly missing: readonly string[];
  /** Not stored, because this run set them aside. */
  readonly setAside: readonly string[];
}

/** Compares ids at the provider with what is stored. */
export async function findMissing(
  tx: Sql,
  owner: MessageOwner,
  ids: readonly string[],
): Promise<MissingMessages> {
  const rows = await tx.query<{ id: string; aside: boolean }>(
    `select wanted as id, exists (select from sync_failed_item f
                         where f.org_id = $1 and f.run_id = $3 and f.item_key = wanted) as aside
       from unnest($4::text[]) as wanted
      where not exists (select from messages m
                         where m.org_id = $1 and m.connection_id = $2 and m.provider_message_id = wanted
                           and m.deleted_at is null)`,
    [owner.organizationId, owner.connectionId, owner.runId, ids],
  );
  return {
    missing: rows.filter((row) => !row.aside).map((row) => row.id),
    setAside: rows.filter((row) => row.aside).map((row) => row.id),
  };
}
