import type { Account, OAuthClient } from '../directory.ts';
import type { Microsoft } from '../microsoft.ts';
import { EntraError } from './entra-error.ts';
import type { Grant } from './grants.ts';
import { isIdentityScope, writeScopes } from './scopes.ts';

export interface TokenRequest {
  readonly account: Account;
  readonly client: OAuthClient;
  readonly grant: Grant;
  /** What the consent or the refresh asked for. */
  readonly asked: readonly string[];
  readonly nonce: string | null;
  /** End of the refresh token this answer replaces; a single-page application's is not extended. */
  readonly inheritedEndMs: number | null;
}

/** A successful answer of the token endpoint; writes the new tokens down. */
export async function issueTokens(
  microsoft: Microsoft,
  request: TokenRequest,
): Promise<Record<string, unknown>> {
  const { core, grants, settings } = microsoft;
  const { account, client, grant, asked } = request;
  const now = core.clock.now();
  const consented = grants.consented(account.oid, client.id);
  const refused = asked.filter((scope) => !isIdentityScope(scope) && !consented.has(scope));
  if (refused.length > 0) throw new EntraError(65001, `The scopes were '${refused.join(' ')}'.`);
  // More than was asked: everything of the resource that was ever consented.
  const granted = [
    ...new Set([
      ...asked.filter(isIdentityScope),
      ...[...consented].filter((scope) => !isIdentityScope(scope)),
    ]),
  ];
  const seconds = settings.current.accessTokenSeconds ?? core.random.between(3600, 5400);
  const accessToken = await writeAccessToken(
    microsoft,
    request,
    granted,
    Math.floor(now / 1000) + seconds,
  );
  grants.prune(now);
  grants.accessTokens.set(accessToken, {
    grantId: grant.id,
    oid: account.oid,
    clientId: client.id,
    expiresAtMs: now + seconds * 1000,
    scopes: granted,
    revoked: false,
  });
  const answer: Record<string, unknown> = {
    token_type: 'Bearer',
    scope: writeScopes(granted, settings.current.scopeStyle),
    expires_in: seconds,
    ext_expires_in: seconds,
    access_token: accessToken,
  };
  if (asked.includes('offline_access')) {
    const days = client.spa ? 1 : settings.current.refreshTokenDays;
    const refreshToken = `${account.kind === 'personal' ? 'M.C5' : '1.A'}${core.random.text(160)}`;
    const expiresAtMs =
      client.spa && request.inheritedEndMs !== null
        ? request.inheritedEndMs
        : now + days * 86_400_000;
    grants.refreshTokens.set(refreshToken, {
      grantId: grant.id,
      expiresAtMs,
      scopes: asked,
      used: false,
    });
    answer['refresh_token'] = refreshToken;
  }
  if (asked.includes('openid')) answer['id_token'] = await writeIdToken(microsoft, request);
  return answer;
}

/** A signed token for work accounts; personal ones get text that nobody can parse, as from Microsoft. */
function writeAccessToken(
  microsoft: Microsoft,
  request: TokenRequest,
  scopes: readonly string[],
  exp: number,
): Promise<string> {
  const { core } = microsoft;
  const { account, client } = request;
  if (account.kind === 'personal') return Promise.resolve(`EwB${core.random.text(200)}==`);
  return microsoft.signingKey.sign({
    aud: '00000003-0000-0000-c000-000000000000',
    iss: `https://sts.windows.net/${account.tenantId}/`,
    iat: core.clock.seconds(),
    nbf: core.clock.seconds(),
    exp,
    appid: client.id,
    oid: account.oid,
    scp: scopes.filter((scope) => scope !== 'offline_access').join(' '),
    sub: core.random.text(43),
    tid: account.tenantId,
    upn: account.email,
    uti: core.random.text(22),
    ver: '1.0',
  });
}

function writeIdToken(microsoft: Microsoft, request: TokenRequest): Promise<string> {
  const { core } = microsoft;
  const { account, client, asked } = request;
  const now = core.clock.seconds();
  return microsoft.signingKey.sign({
    aud: client.id,
    iss: microsoft.issuer(account.tenantId),
    iat: now,
    nbf: now,
    exp: now + 3600,
    oid: account.oid,
    // Pairwise: another application sees another subject for the same person.
    sub: microsoft.pairwiseSubject(account.oid, client.id),
    tid: account.tenantId,
    ...(asked.includes('profile') ? { name: account.name, preferred_username: account.email } : {}),
    ...(asked.includes('email') ? { email: account.email } : {}),
    ...(request.nonce === null ? {} : { nonce: request.nonce }),
    uti: core.random.text(22),
    ver: '2.0',
  });
}
