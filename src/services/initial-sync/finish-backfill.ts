import type { Sql } from '../../database/sql.ts';
import { addJob } from '../../queue/add.ts';
import { reopenFailedItems } from '../mail/close-failed-items.ts';
import { retriedItems } from '../mail/retried-items.ts';
import { addNotification } from '../notifications/add-notification.ts';
import { queueMail } from '../notifications/queue-mail.ts';
import type { Run } from '../sync/run.ts';
import type { RunOutcome } from '../sync/state.ts';
import { backfillNotice } from './backfill-notice.ts';
import { completeConnection } from './complete-connection.ts';
import { readNoticeFacts } from './read-notice-facts.ts';
import { returnRight } from './return-right.ts';

/**
 * In the transaction that ends the run: a completed one marks the connection and has the mailbox looked
 * at, since much may have happened in it meanwhile; any other one that
 * stored nothing gives the right back; the member gets one notification and one mail per run and
 * outcome. Nobody is told of a run that was cancelled or ended because the member left, and a run that
 * ended with its consent needs no second notice beside the one to reconnect. A run that only retried
 * set-aside messages changes none of that; unless it completed, they may be retried again.
 */
export async function finishBackfill(tx: Sql, run: Run, outcome: RunOutcome): Promise<void> {
  const retried = retriedItems(run.input);
  if (retried) {
    if (outcome !== 'completed') await reopenFailedItems(tx, run.organizationId, retried);
    return;
  }
  const returned = outcome === 'completed' ? null : await returnRight(tx, run);
  if (outcome === 'completed') {
    await completeConnection(tx, run);
    await addJob(
      tx,
      'mail.check',
      { organizationId: run.organizationId, connectionId: run.targetId },
      { singletonKey: run.targetId },
    );
  }
  if (outcome === 'cancelled' || run.userId === null) return;
  const facts = await readNoticeFacts(tx, run);
  if (!facts.memberActive || facts.toldToReconnect) return;
  const notice = backfillNotice(outcome, { ...facts, returned, error: run.errorMessage });
  const key = `initial-sync:${run.id}:${outcome}`;
  await addNotification(tx, {
    organizationId: run.organizationId,
    userId: run.userId,
    kind: `initial_sync_${outcome}`,
    title: notice.title,
    body: notice.body,
    data: { syncRunId: run.id, provider: facts.provider, ...facts.result },
    dedupeKey: key,
  });
  if (facts.mailTo === null) return;
  await queueMail(tx, {
    organizationId: run.organizationId,
    userId: run.userId,
    to: facts.mailTo,
    subject: notice.title,
    body: notice.mail,
    dedupeKey: key,
  });
}
