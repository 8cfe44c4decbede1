/**
 * Every error that Lockstep raises on purpose. `code` is stable and part of the public contract
 * (`extensions.code` in GraphQL, `error.code` in REST and on the command line); texts may change.
 */
export const errorCodes = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'CONFLICT',
  'RATE_LIMITED',
  'QUERY_TOO_COMPLEX',
  'UNAVAILABLE',
  'IDEMPOTENCY_MISMATCH',
  'SYNC_LOCKED',
  'SYNC_ALREADY_RUNNING',
  'NOT_CONNECTED',
  'RECONNECT_REQUIRED',
  'OVERRIDE_UNAVAILABLE',
  'ALREADY_CONNECTED_ELSEWHERE',
  'ILLEGAL_TRANSITION',
  'CREDENTIALS_UNREADABLE',
  'PROVIDER_FAILED',
  'CONFIGURATION',
  'MIGRATION',
  'INTERNAL_SERVER_ERROR',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** What an error may carry besides its text; everything here may be shown to the caller. */
export interface ErrorDetails {
  /** The input field at fault, as the caller named it. */
  readonly field?: string;
  /** The limit that was exceeded. */
  readonly limit?: number;
  /** Seconds after which the same call may succeed. */
  readonly retryAfterSeconds?: number;
}

/** The base of all deliberate errors. `message` says what was found, what was expected, what to do. */
export class LockstepError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: ErrorDetails & { cause?: unknown } = {}) {
    const { cause, ...details } = options;
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }
}

/** The text of anything that was thrown, for logs. */
export function errorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
