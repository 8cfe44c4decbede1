import { LockstepError } from '../../errors.ts';

/** The lock as a member may see it. */
export interface SyncLock {
  readonly lockedAt: Date | null;
  /** Name of the member who started the sync that locked it; null when that member is gone. */
  readonly lockedBy: string | null;
  readonly reason: string;
  /** Who can unlock it, and how. */
  readonly unlockHint: string;
}

/** The one historical sync has been used and no override is active. */
export class SyncLockedError extends LockstepError implements SyncLock {
  readonly lockedAt: Date | null;
  readonly lockedBy: string | null;
  readonly reason: string;
  readonly unlockHint: string;

  constructor(lock: SyncLock) {
    super('SYNC_LOCKED', lockedText(lock));
    this.lockedAt = lock.lockedAt;
    this.lockedBy = lock.lockedBy;
    this.reason = lock.reason;
    this.unlockHint = lock.unlockHint;
  }
}

function lockedText(lock: SyncLock): string {
  const since = lock.lockedAt ? ` since ${lock.lockedAt.toISOString()}` : '';
  const by = lock.lockedBy ? ` by ${lock.lockedBy}` : '';
  return `The one-time historical sync is locked${since}${by}: ${lock.reason} ${lock.unlockHint}`;
}

/** The member has no usable connection to that provider. */
export class NotConnectedError extends LockstepError {
  constructor(provider: string) {
    super('NOT_CONNECTED', `No ${provider} account is connected. Connect it first, then start.`);
  }
}

/** A historical sync of this connection is queued, running, paused or held. */
export class SyncAlreadyRunningError extends LockstepError {
  readonly runId: string | null;

  constructor(provider: string, runId: string | null) {
    super(
      'SYNC_ALREADY_RUNNING',
      `The historical sync of ${provider} is already running. Follow its progress instead of starting it again.`,
    );
    this.runId = runId;
  }
}

/** The provider no longer accepts the stored consent. */
export class ReconnectRequiredError extends LockstepError {
  constructor(provider: string, cause: string | null) {
    super(
      'RECONNECT_REQUIRED',
      `${provider} needs to be connected again${cause ? ` (${cause})` : ''}. Reconnect it, then start.`,
    );
  }
}

/** Whether an override is active cannot be told now; this says nothing about the lock itself. */
export class OverrideUnavailableError extends LockstepError {
  constructor(message: string, retryAfterSeconds: number, cause?: unknown) {
    super('OVERRIDE_UNAVAILABLE', message, {
      retryAfterSeconds,
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

/** The master database did not answer, so an override can be neither seen nor used. */
export function overrideNotAnswered(cause: unknown): OverrideUnavailableError {
  return new OverrideUnavailableError(
    'The sync has been used once and needs an override, which cannot be checked now. Try again in a moment.',
    10,
    cause,
  );
}
