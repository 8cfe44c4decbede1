import { z } from 'zod';
import type { Sql } from '../../database/sql.ts';
import type { Clock } from '../../lib/clock.ts';
import { guardConnection } from '../mail/guard-connection.ts';
import type { OpenMailbox } from '../mail/open-mailbox.ts';
import { retriedItems } from '../mail/retried-items.ts';
import { retryItems } from '../mail/retry-items.ts';
import type { RunContext, RunHandler } from '../sync/run-handler.ts';
import { finishFollowUp } from './finish-follow-up.ts';
import { followChanges } from './follow-changes.ts';
import { type FollowUpCheckpoint, restartFollowUp } from './follow-up-checkpoint.ts';
import { FollowUpWork } from './follow-up-work.ts';
import { leaveFolder } from './leave-folder.ts';
import { planFollowUp } from './plan-follow-up.ts';
import { readFolder } from './read-folder.ts';

export interface FollowUpParts {
  readonly openMailbox: OpenMailbox;
  readonly clock: Clock;
}

/** What is fixed when a follow-up starts, kept in its run's `input`. */
export const followUpInputSchema = z.object({
  accountSubject: z.string().nullable(),
  /** Oldest received time that takes part: the historical sync's. */
  windowFrom: z.iso.datetime(),
});

/**
 * Follows a mailbox after its historical sync: what is new, changed, moved, read or deleted since each
 * folder's watermark, folders that came and went, and gaps where the provider forgot a watermark. Each
 * page's rows and the way on are one transaction.
 */
export function mailFollowUp(parts: FollowUpParts): RunHandler<FollowUpCheckpoint> {
  return {
    kind: 'mail_follow_up',
    retriesItems: true,
    execute: (context) => execute(parts, context),
    restart: restartFollowUp,
    onFinished: finishFollowUp,
  };
}

async function execute(
  { openMailbox, clock }: FollowUpParts,
  context: RunContext<FollowUpCheckpoint>,
): Promise<void> {
  const { run } = context;
  const { organizationId, targetId: connectionId } = run;
  const input = followUpInputSchema.parse(run.input);
  const subject = input.accountSubject;
  const guard = (tx: Sql) => guardConnection(tx, organizationId, connectionId, subject);
  const scope = { role: 'service_role', organizationId } as const;
  const { userId } = await context.database.transaction(scope, guard);
  const mailbox = await openMailbox({
    organizationId,
    connectionId,
    signal: context.signal,
    onWait: (reason, until) => context.waiting(reason, until),
  });
  const owner = { organizationId, connectionId, userId, runId: run.id };
  const { signal } = context;
  const items = retriedItems(run.input);
  if (items) return retryItems({ context, mailbox, signal, owner, items, guard });
  const window = { from: new Date(input.windowFrom), to: null };
  const parts = { context, mailbox, owner, subject, signal, window, clock };
  const work = new FollowUpWork(parts, context.checkpoint ?? (await planFollowUp(parts)));
  await doTasks(work);
}

async function doTasks(work: FollowUpWork): Promise<void> {
  for (let task = work.task; task; task = work.task) {
    work.parts.signal.throwIfAborted();
    switch (task.kind) {
      case 'changes':
        await followChanges(work, task);
        break;
      case 'read':
        await readFolder(work, task);
        break;
      case 'leave':
        await leaveFolder(work, task);
        break;
    }
  }
}
