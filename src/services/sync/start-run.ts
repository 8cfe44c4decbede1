import { isDeepStrictEqual } from 'node:util';
import type { Sql } from '../../database/sql.ts';
import { LockstepError } from '../../errors.ts';
import { enqueueRun } from './enqueue-run.ts';
import { type Run, type RunRow, runFromRow } from './run.ts';
import type { SyncEntityType, SyncType } from './sync-types.ts';

export interface StartRun {
  readonly organizationId: string;
  readonly userId: string | null;
  readonly kind: SyncType;
  readonly targetId: string;
  readonly entityType: SyncEntityType;
  readonly sourceSystem: string;
  readonly input?: unknown;
  /** The same key of the same kind returns the run that it started first. */
  readonly idempotencyKey?: string;
  readonly priority?: number;
  readonly usesOverride?: boolean;
}

/**
 * Makes a run with its progress row and its job, in the caller's transaction.
 * @throws LockstepError SYNC_ALREADY_RUNNING when the target has a live run of this kind,
 *   IDEMPOTENCY_MISMATCH when the key was used for something else
 */
export async function startRun(tx: Sql, input: StartRun): Promise<Run> {
  const [row] = await tx.query<RunRow>(
    `insert into sync_job_queue
       (org_id, user_id, kind, target_id, entity_type, source_system, input, idempotency_key,
        priority, uses_override)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10)
     on conflict do nothing
     returning *`,
    [
      input.organizationId,
      input.userId,
      input.kind,
      input.targetId,
      input.entityType,
      input.sourceSystem,
      JSON.stringify(input.input ?? {}),
      input.idempotencyKey ?? null,
      input.priority ?? 0,
      input.usesOverride ?? false,
    ],
  );
  if (!row) return startedBefore(tx, input);
  const run = runFromRow(row);
  await tx.query(
    `insert into sync_progress (org_id, sync_id, entity_type, source_system, status)
     values ($1, $2, $3, $4, 'queued')`,
    [run.organizationId, run.id, run.entityType, run.sourceSystem],
  );
  await enqueueRun(tx, run);
  return run;
}

async function startedBefore(tx: Sql, input: StartRun): Promise<Run> {
  const [row] = await tx.query<RunRow>(
    `select * from sync_job_queue
      where org_id = $1 and kind = $2 and idempotency_key = $3`,
    [input.organizationId, input.kind, input.idempotencyKey ?? null],
  );
  if (!row) {
    throw new LockstepError(
      'SYNC_ALREADY_RUNNING',
      'A synchronisation of this account is already under way; wait for it to end or cancel it.',
    );
  }
  const run = runFromRow(row);
  const same =
    run.targetId === input.targetId &&
    run.userId === input.userId &&
    isDeepStrictEqual(run.input, input.input ?? {});
  if (!same) {
    throw new LockstepError(
      'IDEMPOTENCY_MISMATCH',
      'This idempotency key was already used for another synchronisation; use a new key.',
      { field: 'idempotencyKey' },
    );
  }
  return run;
}
