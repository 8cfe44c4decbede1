import { allowsRedirect } from '../../core/oauth/allows-redirect.ts';
import type { Account, Directory, OAuthClient, Tenant } from '../directory.ts';
import { personalTenant } from '../directory.ts';
import { EntraError } from './entra-error.ts';
import { readScopes } from './scopes.ts';

const responseModes = ['query', 'fragment', 'form_post'] as const;
const prompts = ['login', 'none', 'select_account', 'consent'] as const;

export interface AuthorizeRequest {
  readonly client: OAuthClient;
  readonly redirectUri: string;
  readonly responseMode: (typeof responseModes)[number];
  readonly scopes: readonly string[];
  readonly state: string | null;
  readonly nonce: string | null;
  readonly prompt: (typeof prompts)[number] | null;
  readonly loginHint: string | null;
  readonly challenge: string | null;
}

/** Where an answer may go: known as soon as client and redirect address are. */
export type ReturnAddress = Pick<AuthorizeRequest, 'redirectUri' | 'responseMode' | 'state'>;

const aliases = ['common', 'organizations', 'consumers'];

/** The tenant of a path, null for the aliases; an unknown one is refused as Entra does. */
export function resolveTenant(directory: Directory, name: string): Tenant | null {
  if (aliases.includes(name.toLowerCase()) || name === personalTenant) return null;
  const tenant = directory.tenant(name);
  if (tenant === undefined) throw new EntraError(90002, `Tenant '${name}' not found.`);
  return tenant;
}

/** Whether an account may sign in through this tenant name. */
export function belongs(directory: Directory, tenantName: string, account: Account): boolean {
  const name = tenantName.toLowerCase();
  if (name === 'common') return true;
  if (name === 'organizations') return account.kind === 'work';
  if (name === 'consumers' || name === personalTenant) return account.kind === 'personal';
  return directory.tenant(name)?.id === account.tenantId;
}

/** Checks who asks and where the answer goes. Faults here are shown on Entra's own page, never sent on. */
export function readReturnAddress(
  directory: Directory,
  query: URLSearchParams,
): ReturnAddress & { client: OAuthClient } {
  const client = directory.client(query.get('client_id') ?? '');
  if (client === undefined)
    throw new EntraError(700016, `The identifier was '${query.get('client_id') ?? ''}'.`);
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!allowsRedirect(client, redirectUri))
    throw new EntraError(50011, `The redirect URI was '${redirectUri}'.`);
  const mode = query.get('response_mode');
  return {
    client,
    redirectUri,
    responseMode: responseModes.find((known) => known === mode) ?? 'query',
    state: query.get('state'),
  };
}

/** Checks the rest; faults here go to the redirect address. */
export function readAuthorizeRequest(
  address: ReturnAddress & { client: OAuthClient },
  query: URLSearchParams,
): AuthorizeRequest {
  if (query.get('response_type') !== 'code') {
    throw new EntraError(900144, "'response_type' must be 'code'.", 'unsupported_response_type');
  }
  const { scopes, unknown } = readScopes(query.get('scope') ?? '');
  if (unknown.length > 0)
    throw new EntraError(70011, `The scope '${unknown.join(' ')}' does not exist.`);
  if (scopes.length === 0) throw new EntraError(900144, "The missing parameter is 'scope'.");
  const prompt = query.get('prompt');
  const knownPrompt = prompts.find((known) => known === prompt) ?? null;
  if (prompt !== null && prompt !== '' && knownPrompt === null)
    throw new EntraError(900144, `'${prompt}' is not a value of 'prompt'.`);
  const challenge = query.get('code_challenge');
  const method = query.get('code_challenge_method');
  if (challenge !== null && method !== 'S256')
    throw new EntraError(900144, "'code_challenge_method' must be 'S256'.");
  return {
    ...address,
    scopes,
    nonce: query.get('nonce'),
    prompt: knownPrompt,
    loginHint: query.get('login_hint'),
    challenge,
  };
}
