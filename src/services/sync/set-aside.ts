import type { Sql } from '../../database/sql.ts';
import { storableMessage } from './error-log.ts';
import type { Run } from './run.ts';
import type { FailedItem } from './run-handler.ts';

/**
 * Records an item that failed alone, in the transaction of its page; the run goes on without it.
 * Seen again, it is the same row with one attempt more.
 */
export async function setAside(
  tx: Sql,
  run: Pick<Run, 'organizationId' | 'id' | 'userId'>,
  item: FailedItem,
): Promise<void> {
  await tx.query(
    `insert into sync_failed_item (org_id, run_id, user_id, item_key, code, message)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (org_id, run_id, item_key) do update set
       code = excluded.code, message = excluded.message, status = 'open',
       attempts = sync_failed_item.attempts + 1, last_seen_at = clock_timestamp()`,
    [
      run.organizationId,
      run.id,
      run.userId,
      item.itemKey,
      item.code,
      storableMessage(item.message),
    ],
  );
}
