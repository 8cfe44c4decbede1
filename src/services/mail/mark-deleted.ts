import type { Sql } from '../../database/sql.ts';
import type { MessageOwner } from './save-messages.ts';

/**
 * Marks messages that left the mailbox; requests do not see them from then on. They come back when
 * they are stored again.
 * @returns how many were there until now
 */
export async function markDeleted(
  tx: Sql,
  owner: MessageOwner,
  ids: readonly string[],
): Promise<number> {
  if (ids.length === 0) return 0;
  const [marked] = await tx.query<{ count: number }>(
    `with marked as (
       update messages set deleted_at = now(), updated_at = now(), run_id = $3
        where org_id = $1 and connection_id = $2 and provider_message_id = any ($4::text[])
          and deleted_at is null
        returning 1)
     select count(*)::int as count from marked`,
    [owner.organizationId, owner.connectionId, owner.runId, ids],
  );
  return marked?.count ?? 0;
}
