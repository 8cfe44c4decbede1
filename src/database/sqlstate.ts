import { type ErrorCode, LockstepError } from '../errors.ts';

interface DriverError extends Error {
  readonly code?: string;
  readonly constraint?: string;
  readonly column?: string;
}

const unavailable = 'The database cannot answer at the moment. Try again shortly.';

/**
 * What a SQLSTATE means to a caller. Texts name no table, column or value of the database; the
 * driver's error stays in `cause` for the log.
 */
const meanings: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [
    /^57014$/,
    'UNAVAILABLE',
    'The statement was cancelled because it took longer than allowed. Ask for less, or try again.',
  ],
  [/^55P03$/, 'UNAVAILABLE', 'Another change holds what this one needs. Try again shortly.'],
  [/^(08|53|57P|58|XX)/, 'UNAVAILABLE', unavailable],
  [/^25006$/, 'UNAVAILABLE', 'The database accepts no changes at the moment. Try again shortly.'],
  [/^(40001|40P01)$/, 'CONFLICT', 'The change met another one at the same moment. Try again.'],
  [/^23505$/, 'CONFLICT', 'Something with the same identity exists already.'],
  [/^23P01$/, 'CONFLICT', 'The change overlaps with something that exists already.'],
  [/^23503$/, 'NOT_FOUND', 'Something that the change refers to does not exist.'],
  // A row of somebody else and a row that does not exist must look the same.
  [/^42501$/, 'NOT_FOUND', 'Not found.'],
  [
    /^22021$|^22P05$/,
    'BAD_USER_INPUT',
    'A text holds a character that cannot be stored (NUL or half a surrogate pair).',
  ],
  [/^22001$/, 'BAD_USER_INPUT', 'A text is longer than allowed.'],
  [/^(22003|22008|22007)$/, 'BAD_USER_INPUT', 'A number or date is outside the possible range.'],
];

/** Network failures before any SQLSTATE exists, and the pool's own time limits. */
const networkCodes =
  /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|EHOSTUNREACH|EAI_AGAIN|ENETUNREACH)$/;
const networkTexts =
  /timeout|terminated|Connection ended|not queryable|server closed|cannot use a pool/i;

/** Anything the driver raised, as one of our errors; ours pass through unchanged. */
export function databaseError(error: unknown): LockstepError {
  if (error instanceof LockstepError) return error;
  const failure: DriverError = error instanceof Error ? error : new Error(String(error));
  const code = failure.code ?? '';
  if (networkCodes.test(code) || (code === '' && networkTexts.test(failure.message))) {
    return new LockstepError('UNAVAILABLE', unavailable, { cause: error, retryAfterSeconds: 2 });
  }
  const meaning = meanings.find(([pattern]) => pattern.test(code));
  if (!meaning)
    return new LockstepError('INTERNAL_SERVER_ERROR', 'The database refused a statement.', {
      cause: error,
    });
  const [, kind, text] = meaning;
  return new LockstepError(kind, text, {
    cause: error,
    ...(kind === 'UNAVAILABLE' ? { retryAfterSeconds: 2 } : {}),
  });
}

/** The SQLSTATE behind an error, ours or the driver's; null when there is none. */
export function sqlState(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = 'code' in at ? at.code : undefined;
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !networkCodes.test(code))
      return code;
  }
  return null;
}

/** The name of the violated constraint, for callers that give it a meaning of their own. */
export function violatedConstraint(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('constraint' in at && typeof at.constraint === 'string') return at.constraint;
  }
  return null;
}
