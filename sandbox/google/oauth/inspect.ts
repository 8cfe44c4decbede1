import type { Context } from 'hono';
import { decodeJwt } from 'jose';
import type { SandboxEnv } from '../../core/call.ts';
import { bearerOf } from '../authenticate.ts';
import type { Google } from '../google.ts';
import type { AccessToken } from './grants.ts';
import { identityClaims } from './issue-tokens.ts';

/** POST /revoke, the token as form field or in the query. Either kind of token ends the whole grant. */
export async function revoke(c: Context<SandboxEnv>, google: Google): Promise<Response> {
  const form = new URLSearchParams(await c.req.text());
  const text = form.get('token') ?? c.req.query('token');
  if (text === undefined || text === '')
    return c.json(
      { error: 'invalid_request', error_description: 'Missing required parameter: token' },
      400,
    );
  const { grants, core } = google;
  const access = grants.accessTokens.get(text);
  const refresh = grants.refreshTokens.get(text);
  const alive =
    access === undefined
      ? refresh?.ended === null
      : !access.revoked && access.expiresAtMs > core.clock.now();
  const found = access ?? refresh;
  if (found === undefined || !alive)
    return c.json({ error: 'invalid_token', error_description: 'Token expired or revoked' }, 400);
  grants.revoke(found.sub, found.clientId);
  return c.json({});
}

/** GET or POST /tokeninfo?access_token= or ?id_token=; Google's library sends the token as bearer. */
export async function tokenInfo(c: Context<SandboxEnv>, google: Google): Promise<Response> {
  const query = new URL(c.req.url).searchParams;
  for (const [name, value] of new URLSearchParams(await c.req.text())) query.set(name, value);
  const invalid = () => c.json({ error: 'invalid_token', error_description: 'Invalid Value' }, 400);
  const idToken = query.get('id_token');
  if (idToken !== null) {
    if (!(await google.signingKey.verifies(idToken))) return invalid();
    const claims = decodeJwt(idToken);
    if ((claims.exp ?? 0) <= google.core.clock.seconds()) return invalid();
    const texts = Object.entries(claims).map(([name, value]) => [name, String(value)]);
    return c.json({ ...Object.fromEntries(texts), alg: 'RS256', typ: 'JWT' });
  }
  const token = liveToken(
    google,
    query.get('access_token') ?? bearerOf(c.req.header('authorization')),
  );
  const account = token === null ? undefined : google.directory.account(token.sub);
  if (token === null || account === undefined) return invalid();
  const claims = identityClaims(account, token.scopes);
  const seconds = Math.floor((token.expiresAtMs - google.core.clock.now()) / 1000);
  return c.json({
    azp: token.clientId,
    aud: token.clientId,
    sub: token.sub,
    scope: token.scopes.join(' '),
    exp: String(Math.floor(token.expiresAtMs / 1000)),
    expires_in: String(seconds),
    ...('email' in claims ? { email: account.email, email_verified: 'true' } : {}),
    access_type: token.offline ? 'offline' : 'online',
  });
}

/** GET /oauth2/v2/userinfo (`id`) and /v1/userinfo, /oauth2/v3/userinfo (`sub`). */
export function userInfo(
  c: Context<SandboxEnv>,
  google: Google,
  version: 'v2' | 'openid',
): Response {
  const bearer = bearerOf(c.req.header('authorization'));
  const token = liveToken(google, bearer ?? c.req.query('access_token') ?? null);
  const account = token === null ? undefined : google.directory.account(token.sub);
  if (token === null || account === undefined) {
    const message =
      'Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.';
    return version === 'v2'
      ? c.json({ error: { code: 401, message, status: 'UNAUTHENTICATED' } }, 401)
      : c.json({ error: 'invalid_request', error_description: 'Invalid Credentials' }, 401);
  }
  const claims = identityClaims(account, token.scopes);
  const hd = account.hd === null ? {} : { hd: account.hd };
  if (version === 'openid') return c.json({ sub: account.sub, ...claims, ...hd });
  const { email_verified: verified, ...rest } = claims;
  return c.json({
    id: account.sub,
    ...rest,
    ...(verified === undefined ? {} : { verified_email: verified }),
    ...hd,
  });
}

function liveToken(google: Google, text: string | null): AccessToken | null {
  const token = google.grants.accessTokens.get(text ?? '');
  if (token === undefined || token.revoked) return null;
  return token.expiresAtMs > google.core.clock.now() ? token : null;
}
