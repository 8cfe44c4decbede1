import type { RequestedAction, RunState } from './state.ts';
import type { SyncEntityType, SyncType } from './sync-types.ts';

/** One synchronisation from start to end, over any number of workers and attempts. */
export interface Run {
  readonly id: string;
  readonly organizationId: string;
  /** The member it runs for; null for runs of the organisation. */
  readonly userId: string | null;
  readonly kind: SyncType;
  readonly targetId: string;
  readonly status: RunState;
  readonly requestedAction: RequestedAction | null;
  readonly phase: string | null;
  readonly entityType: SyncEntityType;
  readonly sourceSystem: string;
  /** Higher runs first within its organisation. */
  readonly priority: number;
  readonly idempotencyKey: string | null;
  readonly input: unknown;
  /** What the handler left with the last committed page. */
  readonly checkpoint: unknown;
  readonly result: unknown;
  /** Failed attempts since the last committed page. */
  readonly attempt: number;
  /** Workers lost since the last committed page. */
  readonly lostLeases: number;
  readonly leaseOwner: string | null;
  /** The fencing number: one more at each claim. */
  readonly leaseNumber: number;
  readonly leaseExpiresAt: Date | null;
  readonly nextAttemptAt: Date | null;
  readonly waitingUntil: Date | null;
  readonly waitingReason: string | null;
  readonly pausedSeconds: number;
  readonly pausedAt: Date | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly usesOverride: boolean;
  readonly queuedAt: Date;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
}

/** A row of `sync_job_queue` as the driver returns it; bigint and numeric come as text. */
export interface RunRow {
  readonly id: string;
  readonly org_id: string;
  readonly user_id: string | null;
  readonly kind: SyncType;
  readonly target_id: string;
  readonly status: RunState;
  readonly requested_action: RequestedAction | null;
  readonly phase: string | null;
  readonly entity_type: SyncEntityType;
  readonly source_system: string;
  readonly priority: number;
  readonly idempotency_key: string | null;
  readonly input: unknown;
  readonly checkpoint: unknown;
  readonly result: unknown;
  readonly attempt: number;
  readonly lost_leases: number;
  readonly lease_owner: string | null;
  readonly lease_number: string | number;
  readonly lease_expires_at: Date | null;
  readonly next_attempt_at: Date | null;
  readonly waiting_until: Date | null;
  readonly waiting_reason: string | null;
  readonly paused_seconds: string | number;
  readonly paused_at: Date | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly uses_override: boolean;
  readonly queued_at: Date;
  readonly started_at: Date | null;
  readonly completed_at: Date | null;
}

/** The only place that knows how a row becomes a run. */
export function runFromRow(row: RunRow): Run {
  return {
    id: row.id,
    organizationId: row.org_id,
    userId: row.user_id,
    kind: row.kind,
    targetId: row.target_id,
    status: row.status,
    requestedAction: row.requested_action,
    phase: row.phase,
    entityType: row.entity_type,
    sourceSystem: row.source_system,
    priority: row.priority,
    idempotencyKey: row.idempotency_key,
    input: row.input,
    checkpoint: row.checkpoint,
    result: row.result,
    attempt: row.attempt,
    lostLeases: row.lost_leases,
    leaseOwner: row.lease_owner,
    leaseNumber: Number(row.lease_number),
    leaseExpiresAt: row.lease_expires_at,
    nextAttemptAt: row.next_attempt_at,
    waitingUntil: row.waiting_until,
    waitingReason: row.waiting_reason,
    pausedSeconds: Number(row.paused_seconds),
    pausedAt: row.paused_at,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    usesOverride: row.uses_override,
    queuedAt: row.queued_at,
    startedAt: row.started_at,
    completedAt: row.completed_at,
  };
}
