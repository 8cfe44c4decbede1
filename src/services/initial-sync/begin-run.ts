import type { Sql } from '../../database/sql.ts';
import type { Run } from '../sync/run.ts';
import { startRun } from '../sync/start-run.ts';
import { lockConnection } from './lock-connection.ts';
import { type MailProviderKey, mailProviderNames } from './mail-provider-key.ts';
import { type RunInput, windowStart } from './run-input.ts';
import { SyncAlreadyRunningError } from './start-errors.ts';

export interface BeginRun {
  readonly organizationId: string;
  readonly userId: string;
  readonly connectionId: string;
  readonly provider: MailProviderKey;
  readonly backfillDays: number;
  readonly key: string | null;
  readonly by: 'right' | 'override';
  readonly overrideExpiresAt: Date | null;
}

/**
 * Takes the lock and makes run, progress and job, all in the caller's transaction. Null when the
 * lock could not be taken: nothing is written then, and the caller decides anew.
 * @throws SyncAlreadyRunningError when the connection has a live run, e.g. one that was retried
 */
export async function beginRun(tx: Sql, begin: BeginRun): Promise<Run | null> {
  const locked = await lockConnection(tx, {
    organizationId: begin.organizationId,
    connectionId: begin.connectionId,
    userId: begin.userId,
    reason: `The ${begin.backfillDays} days of ${mailProviderNames[begin.provider]} mail can be read once, and that was started.`,
    by: begin.by,
  });
  if (!locked) return null;
  const input: RunInput = {
    provider: begin.provider,
    accountSubject: locked.accountSubject,
    backfillDays: begin.backfillDays,
    windowFrom: windowStart(locked.startedAt, begin.backfillDays).toISOString(),
    overrideExpiresAt: begin.overrideExpiresAt?.toISOString() ?? null,
  };
  const live = await liveRun(tx, begin);
  if (live) throw new SyncAlreadyRunningError(mailProviderNames[begin.provider], live);
  return startRun(tx, {
    organizationId: begin.organizationId,
    userId: begin.userId,
    kind: 'initial_mail',
    targetId: begin.connectionId,
    entityType: 'message',
    sourceSystem: begin.provider,
    input,
    usesOverride: begin.by === 'override',
    ...(begin.key === null ? {} : { idempotencyKey: begin.key }),
  });
}

/** Sees every committed run: whoever makes one holds the connection's row, which is locked here. */
async function liveRun(tx: Sql, begin: BeginRun): Promise<string | null> {
  const [run] = await tx.query<{ id: string }>(
    `select id from sync_job_queue
      where org_id = $1 and kind = 'initial_mail' and target_id = $2
        and status in ('queued', 'running', 'paused', 'held')`,
    [begin.organizationId, begin.connectionId],
  );
  return run?.id ?? null;
}
