import { createHash } from 'node:crypto';
import type { Sandbox } from '../../../sandbox/server.ts';

export const verifier = 'a-verifier-of-forty-three-characters-or-more-0123456789';
export const redirectUri = 'http://127.0.0.1:9/callback';

export function authorizeUrl(
  sandbox: Sandbox,
  query: Record<string, string> = {},
  tenant = 'common',
): URL {
  const url = new URL(`${sandbox.url}/${tenant}/oauth2/v2.0/authorize`);
  const all = {
    client_id: 'lockstep-sandbox',
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid profile email offline_access User.Read Mail.Read',
    state: 'the-state',
    nonce: 'the-nonce',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...query,
  };
  for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
  return url;
}

/** Where a GET of the authorize address sends the browser. */
export async function callback(url: URL, cookie = ''): Promise<{ url: URL }> {
  const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
  const location = answer.headers.get('location');
  if (location === null)
    throw new Error(`No redirect, but ${answer.status}: ${await answer.text()}`);
  return { url: new URL(location) };
}

export interface TokenResult {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export async function tokenRequest(
  sandbox: Sandbox,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<TokenResult> {
  const answer = await fetch(`${sandbox.url}/common/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers,
  });
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Record<string, unknown>,
  };
}

const clientForm = { client_id: 'lockstep-sandbox', client_secret: 'lockstep-sandbox-secret' };

export function redeem(
  sandbox: Sandbox,
  back: URL,
  form: Record<string, string> = {},
): Promise<TokenResult> {
  const code = back.searchParams.get('code') ?? '';
  return tokenRequest(sandbox, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...clientForm,
    ...form,
  });
}

export function refresh(
  sandbox: Sandbox,
  token: unknown,
  form: Record<string, string> = {},
): Promise<TokenResult> {
  return tokenRequest(sandbox, {
    grant_type: 'refresh_token',
    refresh_token: String(token),
    ...clientForm,
    ...form,
  });
}
