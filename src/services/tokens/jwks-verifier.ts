import { createRemoteJWKSet } from 'jose';
import type { Clock } from '../../lib/clock.ts';
import { type ExpectedClaims, type TokenVerifier, verifyToken } from './verify-token.ts';

/** Public-key signatures only: with HS256 in this list a public key could be used as a secret. */
const algorithms = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'RS256', 'PS256'] as const;

/** Tokens of a sign-in service that publishes its keys (Supabase Auth, Better Auth, any OIDC). */
export function createJwksVerifier(
  url: string,
  expected: ExpectedClaims,
  clock: Clock,
): TokenVerifier {
  const key = createRemoteJWKSet(new URL(url), {
    timeoutDuration: 5_000,
    cooldownDuration: 30_000,
    cacheMaxAge: 600_000,
  });
  return { verify: (token) => verifyToken(token, { ...expected, algorithms, key, clock }) };
}
