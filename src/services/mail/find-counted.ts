import type { Sql } from '../../database/sql.ts';
import type { MessageOwner } from './save-messages.ts';

/**
 * Which of these ids the run has counted already: written or set aside by it. Pages overlap when mail
 * arrives between two of them, after a lost cursor, and when a message moves to another folder.
 */
export async function findCounted(
  tx: Sql,
  owner: MessageOwner,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx.query<{ id: string }>(
    `select provider_message_id as id from messages
      where org_id = $1 and connection_id = $2 and provider_message_id = any($4::text[])
        and run_id = $3
     union
     select item_key from sync_failed_item
      where org_id = $1 and run_id = $3 and item_key = any($4::text[])`,
    [owner.organizationId, owner.connectionId, owner.runId, ids],
  );
  return new Set(rows.map((row) => row.id));
}
