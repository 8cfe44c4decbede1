import type { Sql } from '../../database/sql.ts';
import { LockstepError } from '../../errors.ts';
import { lockRun } from './lock-run.ts';
import type { Run } from './run.ts';
import type { RunHandlers } from './run-handler.ts';
import { startRun } from './start-run.ts';

export interface RetryFailedItem {
  readonly organizationId: string;
  readonly itemId: string;
}

/** What a run that only retries set-aside items finds in its `input`, besides the first run's own. */
export interface RetriedItems {
  /** The run that set them aside; report the outcome to it by `resolveFailedItem` or `setAside`. */
  readonly retryOf: string;
  readonly itemKeys: readonly string[];
}

interface ItemRow {
  readonly id: string;
  readonly run_id: string;
  readonly item_key: string;
  readonly attempts: number;
  readonly status: string;
}

/**
 * Starts a run for one item that was set aside, in the caller's transaction.
 * @throws LockstepError NOT_FOUND, ILLEGAL_TRANSITION when the item is not open or its kind cannot
 *   retry single items, SYNC_ALREADY_RUNNING while a run of the same target is live
 */
export async function retryFailedItem(
  tx: Sql,
  handlers: RunHandlers,
  request: RetryFailedItem,
): Promise<Run> {
  const [item] = await tx.query<ItemRow>(
    `select id, run_id, item_key, attempts, status from sync_failed_item
      where org_id = $1 and id = $2 for update`,
    [request.organizationId, request.itemId],
  );
  if (!item) throw new LockstepError('NOT_FOUND', 'There is no such failed item.');
  if (item.status !== 'open') {
    throw new LockstepError(
      'ILLEGAL_TRANSITION',
      `This item is ${item.status}, so it cannot be retried; only an open one can be.`,
    );
  }
  const first = await lockRun(tx, request.organizationId, item.run_id);
  if (!handlers.get(first.kind)?.retriesItems) {
    throw new LockstepError(
      'ILLEGAL_TRANSITION',
      'Single items of this kind of synchronisation cannot be retried; start it again instead.',
    );
  }
  await tx.query(`update sync_failed_item set status = 'retried' where org_id = $1 and id = $2`, [
    request.organizationId,
    item.id,
  ]);
  const retried: RetriedItems = { retryOf: first.id, itemKeys: [item.item_key] };
  const input = typeof first.input === 'object' && first.input !== null ? first.input : {};
  return startRun(tx, {
    organizationId: first.organizationId,
    userId: first.userId,
    kind: first.kind,
    targetId: first.targetId,
    entityType: first.entityType,
    sourceSystem: first.sourceSystem,
    input: { ...input, ...retried },
    idempotencyKey: `failed-item:${item.id}:${item.attempts}`,
    priority: first.priority,
  });
}

/** Marks a set-aside item as synchronised after all, in the transaction that stored it. */
export async function resolveFailedItem(
  tx: Sql,
  organizationId: string,
  runId: string,
  itemKey: string,
): Promise<void> {
  await tx.query(
    `update sync_failed_item set status = 'resolved', last_seen_at = clock_timestamp()
      where org_id = $1 and run_id = $2 and item_key = $3`,
    [organizationId, runId, itemKey],
  );
}
