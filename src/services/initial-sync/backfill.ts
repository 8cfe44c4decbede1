import type { Sql } from '../../database/sql.ts';
import type { Clock } from '../../lib/clock.ts';
import type { MailWindow } from '../../providers/contract.ts';
import { guardConnection } from '../mail/guard-connection.ts';
import type { OpenMailbox } from '../mail/open-mailbox.ts';
import { retriedItems } from '../mail/retried-items.ts';
import { retryItems } from '../mail/retry-items.ts';
import type { RunContext, RunHandler } from '../sync/run-handler.ts';
import { auditFolders } from './audit-folders.ts';
import { type BackfillCheckpoint, restartBackfill } from './backfill-checkpoint.ts';
import { BackfillWork } from './backfill-work.ts';
import { countFolders } from './count-folders.ts';
import { finishBackfill } from './finish-backfill.ts';
import { readSlices } from './read-slices.ts';
import { takeRightAgain } from './return-right.ts';
import { runInputSchema } from './run-input.ts';

export interface BackfillParts {
  readonly openMailbox: OpenMailbox;
  readonly clock: Clock;
}

/**
 * The one-time historical sync of a mailbox. Counts first; takes each folder's watermark before its
 * first page; reads pages by date window, never a filtered delta, which ends at 5,000 messages;
 * compares all ids at the end and fetches what is missing. Every step commits its rows together with
 * its checkpoint, so a run that is killed anywhere goes on without loss and without duplicates.
 */
export function initialMailBackfill(parts: BackfillParts): RunHandler<BackfillCheckpoint> {
  return {
    kind: 'initial_mail',
    retriesItems: true,
    execute: (context) => execute(parts, context),
    restart: restartBackfill,
    onFinished: finishBackfill,
    onRetry: takeRightAgain,
  };
}

async function execute(
  { openMailbox, clock }: BackfillParts,
  context: RunContext<BackfillCheckpoint>,
): Promise<void> {
  if (context.checkpoint?.done) return;
  const { run } = context;
  const { organizationId } = run;
  const input = runInputSchema.parse(run.input);
  const subject = input.accountSubject;
  const connection = await context.database.transaction(
    { role: 'service_role', organizationId },
    (tx) => guardConnection(tx, organizationId, run.targetId, subject),
  );
  const stopped = new AbortController();
  const signal = AbortSignal.any([context.signal, stopped.signal]);
  const mailbox = await openMailbox({
    organizationId,
    connectionId: connection.id,
    signal,
    onWait: (reason, until) => context.waiting(reason, until),
  });
  const owner = {
    organizationId,
    connectionId: connection.id,
    userId: connection.userId,
    runId: run.id,
  };
  // Open at the end: mail that arrives before a folder's watermark is taken must be read here.
  const window: MailWindow = { from: new Date(input.windowFrom), to: null };
  try {
    const items = retriedItems(run.input);
    if (items) {
      const guard = (tx: Sql) => guardConnection(tx, organizationId, connection.id, subject);
      return await retryItems({ context, mailbox, signal, owner, items, guard });
    }
    const checkpoint =
      context.checkpoint ??
      (await countFolders({ context, mailbox, connection, subject, window, now: clock() }));
    const work = new BackfillWork({ context, mailbox, owner, subject, signal, window, checkpoint });
    await readSlices(work, (cause) => stopped.abort(cause));
    await auditFolders(work);
  } finally {
    stopped.abort();
  }
}
