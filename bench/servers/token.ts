import { SignJWT } from 'jose';

/** What the benchmark's own sign-in service is known by. */
export const tokenFacts = {
  secret: 'a secret of benchmarks, thirty-two bytes or more',
  issuer: 'https://issuer.test',
  audience: 'lockstep',
};

/** A bearer token that holds for an hour. */
export function tokenOf(userId: string): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setIssuer(tokenFacts.issuer)
    .setAudience(tokenFacts.audience)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(tokenFacts.secret));
}
