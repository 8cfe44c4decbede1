import {
  type CryptoKey,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyResult,
  jwtVerify,
} from 'jose';
import { LockstepError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';

/** What a bearer token proves: who is calling, and until when. Roles are never read from it. */
export interface VerifiedToken {
  /** `auth.users.id`. */
  readonly userId: string;
  readonly expiresAt: Date;
}

export interface TokenVerifier {
  /** @throws LockstepError UNAUTHENTICATED for any fault of the token, UNAVAILABLE when the keys cannot be fetched */
  verify(token: string): Promise<VerifiedToken>;
}

/** The claims a token must carry, besides `exp` and `sub`. */
export interface ExpectedClaims {
  readonly issuer: string;
  readonly audience: string;
}

/** Longest accepted token in characters: a signed token with a few claims has about 400. */
export const longestToken = 8_192;
/** Tolerated clock difference for `nbf`. `exp` gets none: sockets must close within seconds of it. */
const notBeforeLeewaySeconds = 60;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export interface Verification extends ExpectedClaims {
  readonly algorithms: readonly string[];
  readonly key: Uint8Array | CryptoKey | JWTVerifyGetKey;
  readonly clock: Clock;
}

/** Checks signature and claims of one token. Every kind of key goes through here. */
export async function verifyToken(
  token: string,
  verification: Verification,
): Promise<VerifiedToken> {
  if (token.length > longestToken) {
    throw new LockstepError(
      'UNAUTHENTICATED',
      `The bearer token is longer than ${longestToken} characters. Send a token of your sign-in service.`,
      { limit: longestToken },
    );
  }
  const { payload } = await checked(token, verification);
  return claimsOf(payload, verification.clock());
}

async function checked(
  token: string,
  { key, algorithms, issuer, audience, clock }: Verification,
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, key, {
      algorithms: [...algorithms],
      issuer,
      audience,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: notBeforeLeewaySeconds,
      currentDate: clock(),
    });
  } catch (error) {
    throw refusal(error);
  }
}

function claimsOf(payload: JWTPayload, now: Date): VerifiedToken {
  const expiresAt = new Date((payload.exp ?? 0) * 1000);
  if (expiresAt <= now) throw expired();
  if (payload.sub === undefined || !uuid.test(payload.sub)) {
    throw new LockstepError(
      'UNAUTHENTICATED',
      'The bearer token names no known user. Sign in again to get a new one.',
    );
  }
  return { userId: payload.sub.toLowerCase(), expiresAt };
}

function expired(cause?: unknown): LockstepError {
  return new LockstepError(
    'UNAUTHENTICATED',
    'The bearer token has expired. Get a new one and try again.',
    { cause },
  );
}

function refusal(error: unknown): LockstepError {
  if (error instanceof errors.JWTExpired) return expired(error);
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new LockstepError(
      'UNAUTHENTICATED',
      `The bearer token is not meant for this service: its claim "${error.claim}" is ${error.reason === 'missing' ? 'missing' : 'not the expected one'}.`,
      { cause: error },
    );
  }
  if (keysUnreachable(error)) {
    return new LockstepError(
      'UNAVAILABLE',
      'The keys of the sign-in service cannot be fetched now. Try again in a moment.',
      { cause: error, retryAfterSeconds: 5 },
    );
  }
  return new LockstepError(
    'UNAUTHENTICATED',
    'The bearer token is not valid here. Sign in again to get a new one.',
    { cause: error },
  );
}

/** jose reports a failed download as a timeout, as its base class, or as the fetch's own error. */
function keysUnreachable(error: unknown): boolean {
  return (
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    !(error instanceof errors.JOSEError) ||
    error.constructor === errors.JOSEError
  );
}
