import type { ErrorCode } from '../errors.ts';

/** What each error code tells the caller. */
export const errorCodeTexts: Readonly<Record<ErrorCode, string>> = {
  UNAUTHENTICATED: 'No usable bearer token, or an account that is unknown or deactivated.',
  FORBIDDEN: 'The caller is known, but their role or organisation does not allow this.',
  NOT_FOUND: 'There is no such object, or the caller may not see it.',
  BAD_USER_INPUT: 'A value of the input is not acceptable; `field` names it.',
  BAD_REQUEST: 'The request itself is malformed.',
  CONFLICT: 'Somebody else is changing the same thing; try again.',
  RATE_LIMITED: 'The budget of this minute is used up; `retryAfterSeconds` says when to go on.',
  QUERY_TOO_COMPLEX: 'The operation exceeds a limit; ask for less at once.',
  UNAVAILABLE: 'A part of the service does not answer now; try again.',
  IDEMPOTENCY_MISMATCH: 'The idempotency key was used before for another request.',
  SYNC_LOCKED: 'The one-time sync has been used and no override is active.',
  SYNC_ALREADY_RUNNING: 'A run for the same account is under way.',
  NOT_CONNECTED: 'The member has not connected this provider.',
  RECONNECT_REQUIRED: 'The provider no longer accepts the consent; connect the account again.',
  OVERRIDE_UNAVAILABLE: 'Whether an override is active cannot be told now; try again.',
  ALREADY_CONNECTED_ELSEWHERE: 'The account is connected in another organisation.',
  ILLEGAL_TRANSITION: 'The run is in a state that does not allow this.',
  CREDENTIALS_UNREADABLE: 'Stored credentials cannot be decrypted; connect the account again.',
  PROVIDER_FAILED: 'The provider refused or failed.',
  CONFIGURATION: 'The installation is not configured for this.',
  MIGRATION: 'The database is not migrated to what this program needs.',
  INTERNAL_SERVER_ERROR: 'Something failed on our side; the request id finds it in the log.',
};
