import { SignJWT } from 'jose';
import type { Clock } from '../../lib/clock.ts';
import { loadSigningKey, signingAlgorithm } from './signing-key.ts';
import { type ExpectedClaims, type TokenVerifier, verifyToken } from './verify-token.ts';

export interface TokenRequest {
  /** `auth.users.id`. */
  readonly userId: string;
  readonly ttlSeconds: number;
}

/** The development issuer: signs tokens and verifies its own, in any process that has the key file. */
export interface EmbeddedIssuer extends TokenVerifier {
  /** A signed token for that user. */
  issueToken(request: TokenRequest): Promise<string>;
}

/** Opens the issuer whose key lies in `keyFile`; the key is made when the file is missing. */
export async function openEmbeddedIssuer(
  keyFile: string,
  expected: ExpectedClaims,
  clock: Clock,
): Promise<EmbeddedIssuer> {
  const { id, privateKey, publicKey } = await loadSigningKey(keyFile);
  return {
    issueToken({ userId, ttlSeconds }) {
      const issuedAt = Math.floor(clock().getTime() / 1000);
      return new SignJWT()
        .setProtectedHeader({ alg: signingAlgorithm, kid: id, typ: 'JWT' })
        .setSubject(userId)
        .setIssuer(expected.issuer)
        .setAudience(expected.audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ttlSeconds)
        .sign(privateKey);
    },
    verify: (token) =>
      verifyToken(token, { ...expected, algorithms: [signingAlgorithm], key: publicKey, clock }),
  };
}
