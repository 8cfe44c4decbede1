import type { OverrideState } from '../overrides/read-override.ts';
import type { SyncLock } from './start-errors.ts';

/** What the decision needs to know of a connection. */
export interface StartableConnection {
  readonly status: 'connected' | 'reconnect_required' | 'disconnected';
  readonly statusReason: string | null;
  readonly canManualSync: boolean;
  readonly startedAt: Date | null;
  readonly lockReason: string | null;
  readonly lockedBy: string | null;
  /** The queued, running, paused or held historical run. */
  readonly liveRunId: string | null;
  /** The newest historical run ended as failed, so it can be retried without a right. */
  readonly lastRunFailed: boolean;
}

export type StartDecision =
  | { readonly kind: 'not_connected' }
  | { readonly kind: 'reconnect_required'; readonly cause: string | null }
  | { readonly kind: 'already_running'; readonly runId: string }
  | { readonly kind: 'allowed_unlocked' }
  /** Locked, and nobody has looked at the override yet: the master is asked only in this case. */
  | { readonly kind: 'ask_override' }
  | { readonly kind: 'allowed_by_override' }
  /** Another start holds the override; within two minutes it is used or given back. */
  | { readonly kind: 'override_in_use' }
  | { readonly kind: 'locked'; readonly lock: SyncLock };

/**
 * Whether a historical sync may start. An unlocked connection never needs the override, so it
 * starts even when the master database is down.
 */
export function decideStart(
  connection: StartableConnection | null,
  override: OverrideState | 'not_asked',
): StartDecision {
  if (!connection || connection.status === 'disconnected') return { kind: 'not_connected' };
  if (connection.status === 'reconnect_required') {
    return { kind: 'reconnect_required', cause: connection.statusReason };
  }
  if (connection.liveRunId) return { kind: 'already_running', runId: connection.liveRunId };
  if (connection.canManualSync) return { kind: 'allowed_unlocked' };
  switch (override) {
    case 'not_asked':
      return { kind: 'ask_override' };
    case 'active':
      return { kind: 'allowed_by_override' };
    case 'in_use':
      return { kind: 'override_in_use' };
    case 'off':
      return { kind: 'locked', lock: lockOf(connection) };
  }
}

function lockOf(connection: StartableConnection): SyncLock {
  return {
    lockedAt: connection.startedAt,
    lockedBy: connection.lockedBy,
    reason: connection.lockReason ?? 'It can be started once per connected account.',
    unlockHint: connection.lastRunFailed
      ? 'The last sync failed part-way: retry that run, which needs no new start. For another start, ask an administrator for an override.'
      : 'Only an administrator of this installation can allow one more start, by granting your company an override.',
  };
}
