import { LockstepError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { type ExpectedClaims, type TokenVerifier, verifyToken } from './verify-token.ts';

/** Shortest HS256 secret: as long as its hash (RFC 7518, 3.2). */
const leastSecretBytes = 32;

/** Tokens signed with a shared secret: HS256 and nothing else, whatever the token's header says. */
export function createSecretVerifier(
  secret: string,
  expected: ExpectedClaims,
  clock: Clock,
): TokenVerifier {
  const bytes = new TextEncoder().encode(secret);
  if (bytes.length < leastSecretBytes) {
    throw new LockstepError(
      'CONFIGURATION',
      `The token secret has ${bytes.length} bytes; it needs ${leastSecretBytes} or more.`,
    );
  }
  // Imported once: given bytes, every verification would import them again, 8 % of a small request.
  const imported = crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]);
  return {
    verify: async (token) =>
      verifyToken(token, { ...expected, algorithms: ['HS256'], key: await imported, clock }),
  };
}
