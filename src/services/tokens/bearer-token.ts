import { LockstepError } from '../../errors.ts';

/**
 * The token of an `authorization` value, as a header or in `connection_init`; null when there is none.
 * @throws LockstepError UNAUTHENTICATED when the value is something else than a bearer token
 */
export function bearerToken(authorization: unknown): string | null {
  // Empty is how a form's untouched field arrives, GraphiQL's for one.
  if (authorization === undefined || authorization === null || authorization === '') return null;
  const token =
    typeof authorization === 'string' ? /^bearer +(\S+)$/i.exec(authorization.trim())?.[1] : null;
  if (token) return token;
  throw new LockstepError(
    'UNAUTHENTICATED',
    'The authorization is not a bearer token. Send "Bearer" followed by the token.',
  );
}
