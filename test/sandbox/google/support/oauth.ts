import { createHash } from 'node:crypto';
import type { Sandbox } from '../../../../sandbox/server.ts';
import { scopes } from './gmail.ts';

export const verifier = 'a-verifier-of-forty-three-characters-or-more-0123456789';
export const redirectUri = 'http://127.0.0.1:9/callback';

export function authorizeUrl(sandbox: Sandbox, query: Record<string, string> = {}): URL {
  const url = new URL(`${sandbox.url}/o/oauth2/v2/auth`);
  const all = {
    client_id: 'lockstep-sandbox',
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state: 'the-state',
    nonce: 'the-nonce',
    access_type: 'offline',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...query,
  };
  for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
  return url;
}

export interface TokenResult {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export async function tokenRequest(
  sandbox: Sandbox,
  form: Record<string, string>,
): Promise<TokenResult> {
  const answer = await fetch(`${sandbox.url}/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const clientForm = { client_id: 'lockstep-sandbox', client_secret: 'lockstep-sandbox-secret' };

export function redeem(
  sandbox: Sandbox,
  back: URL,
  form: Record<string, string> = {},
): Promise<TokenResult> {
  return tokenRequest(sandbox, {
    grant_type: 'authorization_code',
    code: back.searchParams.get('code') ?? '',
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
  const grant = { grant_type: 'refresh_token', refresh_token: String(token) };
  return tokenRequest(sandbox, { ...grant, ...clientForm, ...form });
}

/** Consent and exchange in one. */
export async function connect(
  sandbox: Sandbox,
  query: Record<string, string> = {},
  choice: { account?: string; scopes?: readonly string[] } = {},
): Promise<Record<string, unknown>> {
  const back = await sandbox.control.google.consent(authorizeUrl(sandbox, query), {
    account: 'ana@acme.test',
    ...choice,
  });
  return (await redeem(sandbox, back)).body;
}
