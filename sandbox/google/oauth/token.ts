import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { SandboxEnv } from '../../core/call.ts';
import { readBasic } from '../../core/oauth/read-basic.ts';
import type { OAuthClient } from '../directory.ts';
import type { Google } from '../google.ts';
import type { Code } from './grants.ts';
import { issueTokens } from './issue-tokens.ts';
import { OAuthError } from './oauth-error.ts';
import { readScopes } from './scopes.ts';

/** POST /token */
export async function token(c: Context<SandboxEnv>, google: Google): Promise<Response> {
  const form = new URLSearchParams(await c.req.text());
  c.header('cache-control', 'no-cache, no-store, max-age=0, must-revalidate');
  c.header('pragma', 'no-cache');
  try {
    const grantType = required(form, 'grant_type');
    switch (grantType) {
      case 'authorization_code':
        return c.json(await redeemCode(google, authenticateClient(c, google, form), form));
      case 'refresh_token':
        return c.json(await refresh(google, authenticateClient(c, google, form), form));
      default:
        throw new OAuthError('unsupported_grant_type', `Invalid grant_type: ${grantType}`);
    }
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return c.json(error.body(), error.status);
  }
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value === null || value === '')
    throw new OAuthError('invalid_request', `Missing required parameter: ${name}`);
  return value;
}

function authenticateClient(
  c: Context<SandboxEnv>,
  google: Google,
  form: URLSearchParams,
): OAuthClient {
  const basic = readBasic(c.req.header('authorization'));
  const id = basic?.id ?? form.get('client_id');
  if (id === null)
    throw new OAuthError('invalid_request', 'Could not determine client ID from request.');
  const client = google.directory.client(id);
  if (client === undefined || google.settings.current.consentFault === 'deleted_client')
    throw new OAuthError(
      client === undefined ? 'invalid_client' : 'deleted_client',
      client === undefined ? 'The OAuth client was not found.' : 'The OAuth client was deleted.',
      401,
    );
  const secret = basic?.secret ?? form.get('client_secret');
  if (client.secrets.length === 0 && secret === null) return client;
  if (secret === null) throw new OAuthError('invalid_request', 'client_secret is missing.');
  if (!client.secrets.includes(secret)) throw new OAuthError('invalid_client', 'Unauthorized', 401);
  return client;
}

async function redeemCode(
  google: Google,
  client: OAuthClient,
  form: URLSearchParams,
): Promise<Record<string, unknown>> {
  const { core, directory, grants } = google;
  const code = grants.codes.get(required(form, 'code'));
  if (code === undefined) throw new OAuthError('invalid_grant', 'Malformed auth code.');
  if (code.clientId !== client.id || code.used || code.expiresAtMs <= core.clock.now())
    throw new OAuthError('invalid_grant', 'Bad Request');
  if (required(form, 'redirect_uri') !== code.redirectUri)
    throw new OAuthError('redirect_uri_mismatch', 'Bad Request');
  checkVerifier(code, form.get('code_verifier'));
  const account = directory.account(code.sub);
  if (account === undefined) throw new OAuthError('invalid_grant', 'Bad Request');
  code.used = true;
  return issueTokens(google, { ...code, account, client });
}

function checkVerifier(code: Code, verifier: string | null): void {
  if (code.challenge === null) return;
  if (verifier === null) throw new OAuthError('invalid_grant', 'Missing code verifier.');
  const computed =
    code.challenge.method === 'plain'
      ? verifier
      : createHash('sha256').update(verifier).digest('base64url');
  if (computed !== code.challenge.value)
    throw new OAuthError('invalid_grant', 'Invalid code verifier.');
}

async function refresh(
  google: Google,
  client: OAuthClient,
  form: URLSearchParams,
): Promise<Record<string, unknown>> {
  const { core, directory, grants, settings } = google;
  const old = grants.refreshTokens.get(required(form, 'refresh_token'));
  if (old === undefined) throw new OAuthError('invalid_grant', 'Bad Request');
  if (old.clientId !== client.id) throw new OAuthError('unauthorized_client', 'Unauthorized', 401);
  if (old.ended === 'rapt')
    throw new OAuthError(
      'invalid_grant',
      'reauth related error (invalid_rapt)',
      400,
      'invalid_rapt',
    );
  const now = core.clock.now();
  const idleMs = settings.current.refreshIdleDays * 86_400_000;
  const expired = old.expiresAtMs !== null && old.expiresAtMs <= now;
  const account = directory.account(old.sub);
  if (old.ended !== null || expired || old.usedAtMs + idleMs <= now || account === undefined)
    throw new OAuthError('invalid_grant', 'Token has been expired or revoked.');
  const consented = grants.consented(old.sub, client.id);
  const covered = settings.current.refreshScopes === 'issued' ? old.scopes : [...consented];
  const granted = covered.filter((scope) => consented.has(scope));
  const asked = readScopes(form.get('scope') ?? '').scopes;
  if (asked.some((scope) => !granted.includes(scope)))
    throw new OAuthError('invalid_scope', 'Some requested scopes were invalid.');
  if (granted.length === 0)
    throw new OAuthError('invalid_grant', 'Token has been expired or revoked.');
  old.usedAtMs = now;
  return issueTokens(google, {
    account,
    client,
    scopes: asked.length === 0 ? granted : asked,
    nonce: null,
    offline: true,
    withRefreshToken: false,
  });
}
