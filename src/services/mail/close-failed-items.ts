import type { Sql } from '../../database/sql.ts';
import type { RetriedItems } from '../sync/retry-failed-item.ts';

/** Closes an item that the provider no longer has: there is nothing left to retry. */
export async function discardFailedItem(
  tx: Sql,
  organizationId: string,
  runId: string,
  itemKey: string,
): Promise<void> {
  await tx.query(
    `update sync_failed_item set status = 'discarded', last_seen_at = clock_timestamp()
      where org_id = $1 and run_id = $2 and item_key = $3`,
    [organizationId, runId, itemKey],
  );
}

/**
 * Opens items again whose retry ended without an answer. It counts as an attempt, because the next
 * retry needs an idempotency key of its own.
 */
export async function reopenFailedItems(
  tx: Sql,
  organizationId: string,
  { retryOf, itemKeys }: RetriedItems,
): Promise<void> {
  await tx.query(
    `update sync_failed_item set status = 'open', attempts = attempts + 1
      where org_id = $1 and run_id = $2 and item_key = any ($3::text[]) and status = 'retried'`,
    [organizationId, retryOf, itemKeys],
  );
}
