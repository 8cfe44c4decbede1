import type { Sql } from '../../database/sql.ts';
import { reopenFailedItems } from '../mail/close-failed-items.ts';
import { retriedItems } from '../mail/retried-items.ts';
import { logActivity } from '../sync/activity.ts';
import type { Run } from '../sync/run.ts';
import type { RunOutcome } from '../sync/state.ts';
import { markFollowed } from './mark-followed.ts';

/** In the transaction that ends the run: when the mailbox was followed last, and what came of it. */
export async function finishFollowUp(tx: Sql, run: Run, outcome: RunOutcome): Promise<void> {
  const retried = retriedItems(run.input);
  if (retried) {
    if (outcome !== 'completed') await reopenFailedItems(tx, run.organizationId, retried);
    return;
  }
  if (outcome !== 'completed') return;
  await markFollowed(tx, run.organizationId, run.targetId);
  const [found] = await tx.query<{ added: number; changed: number; removed: number }>(
    `select coalesce((result ->> 'added')::int, 0) as added,
            coalesce((result ->> 'changed')::int, 0) as changed,
            coalesce((result ->> 'removed')::int, 0) as removed
       from sync_job_queue where org_id = $1 and id = $2`,
    [run.organizationId, run.id],
  );
  if (!found || found.added + found.changed + found.removed === 0) return;
  const text = `Followed the mailbox: ${found.added} new, ${found.changed} changed, ${found.removed} removed.`;
  await logActivity(tx, run, 'updated', text, { ...found });
}
