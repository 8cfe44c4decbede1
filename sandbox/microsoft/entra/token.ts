import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { SandboxEnv } from '../../core/call.ts';
import { readBasic } from '../../core/oauth/read-basic.ts';
import type { OAuthClient } from '../directory.ts';
import type { Microsoft } from '../microsoft.ts';
import { belongs, resolveTenant } from './authorize-request.ts';
import { EntraError, entraErrorBody } from './entra-error.ts';
import type { Grant } from './grants.ts';
import { issueTokens } from './issue-tokens.ts';
import { readScopes } from './scopes.ts';

/** POST /{tenant}/oauth2/v2.0/token */
export async function token(c: Context<SandboxEnv>, microsoft: Microsoft): Promise<Response> {
  const tenant = c.req.param('tenant') ?? '';
  const form = new URLSearchParams(await c.req.text());
  c.header('cache-control', 'no-store, no-cache');
  c.header('pragma', 'no-cache');
  try {
    resolveTenant(microsoft.directory, tenant);
    const client = authenticateClient(c, microsoft, form);
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return c.json(await redeemCode(microsoft, tenant, client, form));
      case 'refresh_token':
        return c.json(await refresh(microsoft, client, form));
      case null:
        throw new EntraError(900144, "The missing parameter is 'grant_type'.");
      default:
        throw new EntraError(70003, `The grant type was '${form.get('grant_type')}'.`);
    }
  } catch (error) {
    if (!(error instanceof EntraError)) throw error;
    const correlation = c.req.header('client-request-id');
    return c.json(
      entraErrorBody(error, microsoft.core.clock, microsoft.core.random, correlation),
      error.status,
    );
  }
}

function authenticateClient(
  c: Context<SandboxEnv>,
  microsoft: Microsoft,
  form: URLSearchParams,
): OAuthClient {
  const basic = readBasic(c.req.header('authorization'));
  const client = microsoft.directory.client(basic?.id ?? form.get('client_id') ?? '');
  if (client === undefined)
    throw new EntraError(
      700016,
      `The identifier was '${basic?.id ?? form.get('client_id') ?? ''}'.`,
    );
  const secret = basic?.secret ?? form.get('client_secret');
  // A public client has no secret; one that is sent all the same is refused.
  if (client.secrets.length === 0 && secret === null) return client;
  if (secret === null) throw new EntraError(7000218);
  if (!client.secrets.includes(secret))
    throw new EntraError(7000215, `The app was '${client.id}'.`);
  return client;
}

async function redeemCode(
  microsoft: Microsoft,
  tenant: string,
  client: OAuthClient,
  form: URLSearchParams,
): Promise<Record<string, unknown>> {
  const { core, directory, grants } = microsoft;
  const text = form.get('code');
  if (text === null) throw new EntraError(900144, "The missing parameter is 'code'.");
  const code = grants.codes.get(text);
  if (code === undefined || code.clientId !== client.id) throw new EntraError(70000);
  if (code.used) throw new EntraError(54005);
  if (code.expiresAtMs <= core.clock.now()) throw new EntraError(70008);
  if (form.get('redirect_uri') !== code.redirectUri) throw new EntraError(500112);
  const verifier = form.get('code_verifier');
  const computed =
    verifier === null ? null : createHash('sha256').update(verifier).digest('base64url');
  if (code.challenge !== computed) throw new EntraError(501481);
  const account = directory.account(code.oid);
  if (account === undefined) throw new EntraError(50034);
  if (!belongs(directory, tenant, account)) throw new EntraError(50020);
  code.used = true;
  const grant: Grant = {
    id: core.random.guid(),
    oid: account.oid,
    clientId: client.id,
    createdAtMs: core.clock.now(),
    revoked: null,
  };
  grants.grants.set(grant.id, grant);
  return issueTokens(microsoft, {
    account,
    client,
    grant,
    asked: code.scopes,
    nonce: code.nonce,
    inheritedEndMs: null,
  });
}

async function refresh(
  microsoft: Microsoft,
  client: OAuthClient,
  form: URLSearchParams,
): Promise<Record<string, unknown>> {
  const { core, directory, grants, settings } = microsoft;
  const text = form.get('refresh_token');
  if (text === null) throw new EntraError(900144, "The missing parameter is 'refresh_token'.");
  const old = grants.refreshTokens.get(text);
  const grant = old === undefined ? undefined : grants.grants.get(old.grantId);
  if (old === undefined || grant === undefined || grant.clientId !== client.id)
    throw new EntraError(70000);
  if (grant.revoked !== null) throw new EntraError(grant.revoked);
  if (old.expiresAtMs <= core.clock.now()) throw new EntraError(client.spa ? 700084 : 700082);
  if (old.used && settings.current.refreshReuse !== 'allow') {
    if (settings.current.refreshReuse === 'revoke-family') grant.revoked = 50173;
    throw new EntraError(70000, 'The refresh token was used before.');
  }
  const account = directory.account(grant.oid);
  if (account === undefined) throw new EntraError(50034);
  const { scopes, unknown } = readScopes(form.get('scope') ?? '');
  if (unknown.length > 0)
    throw new EntraError(70011, `The scope '${unknown.join(' ')}' does not exist.`);
  const consented = grants.consented(account.oid, client.id);
  // Without a scope parameter the answer covers what is still consented; with one, missing consent is an error.
  const kept = old.scopes.filter((scope) => consented.has(scope));
  const asked =
    scopes.length === 0
      ? kept
      : [...new Set([...scopes, ...old.scopes.filter((scope) => scope === 'offline_access')])];
  if (kept.length === 0) throw new EntraError(65001);
  const answer = await issueTokens(microsoft, {
    account,
    client,
    grant,
    asked,
    nonce: null,
    inheritedEndMs: old.expiresAtMs,
  });
  old.used = true;
  return answer;
}
