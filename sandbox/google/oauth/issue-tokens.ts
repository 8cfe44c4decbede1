import { createHash } from 'node:crypto';
import type { Account, OAuthClient } from '../directory.ts';
import type { Google } from '../google.ts';

export interface TokenRequest {
  readonly account: Account;
  readonly client: OAuthClient;
  readonly scopes: readonly string[];
  readonly nonce: string | null;
  readonly offline: boolean;
  readonly withRefreshToken: boolean;
}

const testingDays = 7;

/** A successful answer of the token endpoint; writes the new tokens down. */
export async function issueTokens(
  google: Google,
  request: TokenRequest,
): Promise<Record<string, unknown>> {
  const { core, grants, settings } = google;
  const { account, client, scopes, offline } = request;
  const now = core.clock.now();
  const seconds = settings.current.accessTokenSeconds;
  const accessToken = `ya29.a0${core.random.text(180)}`;
  grants.prune(now);
  grants.accessTokens.set(accessToken, {
    sub: account.sub,
    clientId: client.id,
    expiresAtMs: now + seconds * 1000,
    offline,
    scopes,
    revoked: false,
  });
  const answer: Record<string, unknown> = { access_token: accessToken, expires_in: seconds };
  if (request.withRefreshToken) {
    const testing = settings.current.publishing === 'testing';
    const refreshToken = `1//0${core.random.text(98)}`;
    const expiresAtMs = testing ? now + testingDays * 86_400_000 : null;
    grants.addRefreshToken(
      refreshToken,
      { sub: account.sub, clientId: client.id, scopes, expiresAtMs, usedAtMs: now, ended: null },
      settings.current.refreshTokenLimit,
    );
    answer['refresh_token'] = refreshToken;
    if (testing) answer['refresh_token_expires_in'] = testingDays * 86_400 - 1;
  }
  answer['scope'] = scopes.join(' ');
  answer['token_type'] = 'Bearer';
  if (scopes.includes('openid'))
    answer['id_token'] = await writeIdToken(google, request, accessToken);
  return answer;
}

function writeIdToken(google: Google, request: TokenRequest, accessToken: string): Promise<string> {
  const { account, client, scopes, nonce } = request;
  const now = google.core.clock.seconds();
  return google.signingKey.sign({
    iss: google.issuer(),
    azp: client.id,
    aud: client.id,
    sub: account.sub,
    ...(account.hd === null ? {} : { hd: account.hd }),
    ...identityClaims(account, scopes),
    at_hash: createHash('sha256')
      .update(accessToken)
      .digest()
      .subarray(0, 16)
      .toString('base64url'),
    ...(nonce === null ? {} : { nonce }),
    iat: now,
    exp: now + 3600,
  });
}

/** What the granted scopes tell about a person. */
export function identityClaims(
  account: Account,
  scopes: readonly string[],
): Record<string, unknown> {
  const has = (name: string) => scopes.includes(`https://www.googleapis.com/auth/userinfo.${name}`);
  const [given = account.name, ...family] = account.name.split(' ');
  return {
    ...(has('email') ? { email: account.email, email_verified: true } : {}),
    ...(has('profile')
      ? {
          name: account.name,
          picture: `https://lh3.googleusercontent.com/a/${account.sub}=s96-c`,
          given_name: given,
          family_name: family.join(' '),
        }
      : {}),
  };
}
