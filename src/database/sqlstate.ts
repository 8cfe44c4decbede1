import { type ErrorCode, LockstepError } from '../errors.ts';

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
  [/^(23502|23514)$/, 'BAD_USER_INPUT', 'A value is missing or outside what is allowed.'],
  [/^22001$/, 'BAD_USER_INPUT', 'A text is longer than allowed.'],
  [/^(22003|22008|22007)$/, 'BAD_USER_INPUT', 'A number or date is outside the possible range.'],
];

/** Network failures before any SQLSTATE exists, and the pool's own time limits. */
const networkCodes =
  /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|EHOSTUNREACH|EAI_AGAIN|ENETUNREACH)$/;
const networkTexts =
  /timeout|terminated|Connection ended|not queryable|server closed|cannot use a pool/i;

/** Prisma's own codes for what no SQLSTATE says. Its texts are long and internal: never shown. */
const prismaMeanings: readonly (readonly [RegExp, string])[] = [
  [/^(P1\d{3}|P2024|P2028|UNAVAILABLE)$/, '08006'],
  [/^P2034$/, '40001'],
  [/^(P2025|P2001|P2015|P2018)$/, '23503'],
];

/** Anything the driver or Prisma raised, as one of our errors; ours pass through unchanged. */
export function databaseError(error: unknown): LockstepError {
  if (error instanceof LockstepError) return error;
  const failure = error instanceof Error ? error : new Error(String(error));
  const code = 'code' in failure && typeof failure.code === 'string' ? failure.code : '';
  if (networkCodes.test(code) || (code === '' && networkTexts.test(failure.message))) {
    return new LockstepError('UNAVAILABLE', unavailable, { cause: error, retryAfterSeconds: 2 });
  }
  const state = ownState(failure) ?? prismaMeanings.find(([pattern]) => pattern.test(code))?.[1];
  const meaning = meanings.find(([pattern]) => state !== undefined && pattern.test(state));
  if (!meaning) {
    return new LockstepError('INTERNAL_SERVER_ERROR', 'The database refused a statement.', {
      cause: error,
    });
  }
  const [, kind, text] = meaning;
  return new LockstepError(kind, text, {
    cause: error,
    ...(kind === 'UNAVAILABLE' ? { retryAfterSeconds: 2 } : {}),
  });
}

/** The SQLSTATE behind an error, ours, the driver's or Prisma's; null when there is none. */
export function sqlState(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    const state = ownState(at);
    if (state !== undefined) return state;
  }
  return null;
}

/** The name of the violated constraint, for callers that give it a meaning of their own. */
export function violatedConstraint(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('constraint' in at && typeof at.constraint === 'string') return at.constraint;
    const index = prismaCause(at)?.constraint?.index;
    if (typeof index === 'string') return index;
  }
  return null;
}

interface PrismaCause {
  readonly originalCode?: unknown;
  readonly constraint?: { readonly index?: unknown };
}

/** Prisma wraps the driver's error as data, not as `cause`. */
function prismaCause(error: Error): PrismaCause | undefined {
  const meta: { driverAdapterError?: { cause?: PrismaCause } } | undefined = Object(error).meta;
  return meta?.driverAdapterError?.cause;
}

function ownState(error: Error): string | undefined {
  const original = prismaCause(error)?.originalCode;
  if (typeof original === 'string') return original;
  const code = 'code' in error ? error.code : undefined;
  // P1000 to P6999 are Prisma's; P0001 is a SQLSTATE (RAISE EXCEPTION).
  const isState =
    typeof code === 'string' &&
    /^(?!P[1-9]\d{3}$)[0-9A-Z]{5}$/.test(code) &&
    !networkCodes.test(code);
  return isState ? code : undefined;
}
