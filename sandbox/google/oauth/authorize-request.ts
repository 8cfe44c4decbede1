import { allowsRedirect } from '../../core/oauth/allows-redirect.ts';
import type { Directory, OAuthClient } from '../directory.ts';
import type { Code } from './grants.ts';
import { PageFault } from './oauth-error.ts';
import { readScopes } from './scopes.ts';

export const prompts = ['none', 'consent', 'select_account'] as const;
export type Prompt = (typeof prompts)[number];

export interface AuthorizeRequest {
  readonly client: OAuthClient;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | null;
  readonly nonce: string | null;
  readonly prompts: readonly Prompt[];
  readonly loginHint: string | null;
  readonly hd: string | null;
  readonly offline: boolean;
  readonly includeGranted: boolean;
  readonly challenge: Code['challenge'];
}

/** Checks a consent request. Every fault is shown on Google's own page, none is sent to the application. */
export function readAuthorizeRequest(
  directory: Directory,
  query: URLSearchParams,
): AuthorizeRequest {
  const clientId = query.get('client_id');
  if (clientId === null) throw missing('client_id');
  const client = directory.client(clientId);
  if (client === undefined) throw new PageFault('invalid_client');
  const redirectUri = query.get('redirect_uri');
  if (redirectUri === null) throw missing('redirect_uri');
  if (!allowsRedirect(client, redirectUri))
    throw new PageFault('redirect_uri_mismatch', `Request details: redirect_uri=${redirectUri}`);
  const responseType = query.get('response_type');
  if (responseType === null) throw missing('response_type');
  if (responseType !== 'code')
    throw new PageFault('unsupported_response_type', `The sandbox knows "code" only.`);
  const { scopes, unknown } = readScopes(query.get('scope') ?? '');
  if (unknown.length > 0) throw new PageFault('invalid_scope', `{invalid=[${unknown.join(', ')}]}`);
  if (scopes.length === 0) throw missing('scope');
  return {
    client,
    redirectUri,
    scopes,
    state: query.get('state'),
    nonce: query.get('nonce'),
    prompts: readPrompts(query.get('prompt') ?? ''),
    loginHint: query.get('login_hint'),
    hd: query.get('hd'),
    offline: choice(query, 'access_type', ['online', 'offline']) === 'offline',
    includeGranted: choice(query, 'include_granted_scopes', ['false', 'true']) === 'true',
    challenge: readChallenge(query),
  };
}

function readPrompts(text: string): Prompt[] {
  const words = text.split(' ').filter((word) => word !== '');
  const known = words.flatMap((word) => prompts.find((prompt) => prompt === word) ?? []);
  if (known.length !== words.length || (known.includes('none') && known.length > 1))
    throw new PageFault('invalid_request', `Invalid prompt: ${text}`);
  return known;
}

function readChallenge(query: URLSearchParams): Code['challenge'] {
  const value = query.get('code_challenge');
  if (value === null) return null;
  const method = query.get('code_challenge_method') ?? 'plain';
  if (method !== 'S256' && method !== 'plain')
    throw new PageFault('invalid_request', `Invalid code_challenge_method: ${method}`);
  return { value, method };
}

function choice(query: URLSearchParams, name: string, values: readonly [string, string]): string {
  const value = query.get(name) ?? values[0];
  if (!values.includes(value)) throw new PageFault('invalid_request', `Invalid ${name}: ${value}`);
  return value;
}

function missing(name: string): PageFault {
  return new PageFault('invalid_request', `Missing required parameter: ${name}`);
}
