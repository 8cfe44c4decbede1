import { type ErrorCode, LockstepError } from '../errors.ts';
import {
  NotConnectedError,
  OverrideUnavailableError,
  ReconnectRequiredError,
  SyncAlreadyRunningError,
  SyncLockedError,
} from '../services/initial-sync/start-errors.ts';

/** The domain failures of `startInitialSync`, by the name of their type in the schema. */
export const startFailures = {
  SyncLockedError,
  NotConnectedError,
  SyncAlreadyRunningError,
  ReconnectRequiredError,
  OverrideUnavailableError,
} as const;

/** A run that cannot be moved as somebody wished. */
export class SyncRefusedError extends LockstepError {}

/** Somebody else is changing the same thing at this moment. */
export class ConflictError extends LockstepError {}

/** An account that cannot be connected or disconnected now. */
export class ConnectionRefusedError extends LockstepError {}

/** Gives failures with one of these codes the class of a result union; others pass unchanged. */
export async function shownAs<T>(
  Shown: new (code: ErrorCode, message: string, options: object) => LockstepError,
  codes: readonly ErrorCode[],
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof LockstepError) || !codes.includes(error.code)) throw error;
    throw new Shown(error.code, error.message, { ...error.details, cause: error });
  }
}
