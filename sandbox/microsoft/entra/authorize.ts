import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { SandboxEnv } from '../../core/call.ts';
import type { Account } from '../directory.ts';
import type { Microsoft } from '../microsoft.ts';
import { answerRedirect } from './answer-redirect.ts';
import {
  type AuthorizeRequest,
  belongs,
  type ReturnAddress,
  readAuthorizeRequest,
  readReturnAddress,
  resolveTenant,
} from './authorize-request.ts';
import { consentPage, errorPage } from './consent-page.ts';
import { EntraError } from './entra-error.ts';
import { isIdentityScope } from './scopes.ts';

const sessionCookie = 'ESTSAUTH';

/** GET and POST /{tenant}/oauth2/v2.0/authorize: the request is the same, the POST carries the person's choice. */
export async function authorize(c: Context<SandboxEnv>, microsoft: Microsoft): Promise<Response> {
  const tenant = c.req.param('tenant') ?? '';
  const query = new URL(c.req.url).searchParams;
  let address: ReturnType<typeof readReturnAddress>;
  try {
    resolveTenant(microsoft.directory, tenant);
    address = readReturnAddress(microsoft.directory, query);
  } catch (error) {
    return showFault(c, error);
  }
  try {
    const request = readAuthorizeRequest(address, query);
    return c.req.method === 'POST'
      ? await decide(c, microsoft, tenant, request)
      : await ask(c, microsoft, tenant, request);
  } catch (error) {
    return sendFault(address, error);
  }
}

async function ask(
  c: Context<SandboxEnv>,
  microsoft: Microsoft,
  tenant: string,
  request: AuthorizeRequest,
): Promise<Response> {
  const { directory, grants } = microsoft;
  const hinted =
    request.loginHint === null ? undefined : directory.accountByEmail(request.loginHint);
  const signedIn = directory.account(getCookie(c, sessionCookie) ?? '');
  const silent =
    signedIn !== undefined &&
    belongs(directory, tenant, signedIn) &&
    (request.loginHint === null || hinted === signedIn)
      ? signedIn
      : null;
  const consented = silent === null ? null : grants.consented(silent.oid, request.client.id);
  const covered =
    consented !== null &&
    request.scopes.every((scope) => isIdentityScope(scope) || consented.has(scope));
  if (request.prompt === 'none') {
    if (silent === null) throw new EntraError(50058);
    if (!covered) throw new EntraError(65001, undefined, 'consent_required');
  }
  if (silent !== null && covered && (request.prompt === null || request.prompt === 'none'))
    return sendCode(microsoft, request, silent);
  const accounts = directory.accounts().filter((account) => belongs(directory, tenant, account));
  const chosen = hinted ?? (request.prompt === 'select_account' ? undefined : silent) ?? null;
  return c.html(await consentPage(request, accounts, chosen));
}

async function decide(
  c: Context<SandboxEnv>,
  microsoft: Microsoft,
  tenant: string,
  request: AuthorizeRequest,
): Promise<Response> {
  const form = new URLSearchParams(await c.req.text());
  if (form.get('decision') !== 'accept') throw new EntraError(65004);
  const account = microsoft.directory.accountByEmail(form.get('account') ?? '');
  if (account === undefined)
    return c.html(
      await errorPage(50034, `There is no account '${form.get('account') ?? ''}'.`),
      400,
    );
  if (!belongs(microsoft.directory, tenant, account)) {
    return c.html(
      await errorPage(
        50020,
        `User account '${account.email}' does not exist in tenant '${tenant}'.`,
      ),
      400,
    );
  }
  // An unticked box takes back what was consented earlier, so that partial consent can be tested twice in a row.
  const ticked = form.getAll('granted').filter((scope) => request.scopes.includes(scope));
  const unticked = request.scopes.filter((scope) => !ticked.includes(scope));
  microsoft.grants.withdraw(account.oid, unticked, request.client.id);
  setCookie(c, sessionCookie, account.oid, { path: '/', httpOnly: true, sameSite: 'Lax' });
  const answer = await sendCode(microsoft, { ...request, scopes: ticked }, account);
  answer.headers.append('set-cookie', c.res.headers.get('set-cookie') ?? '');
  return answer;
}

function sendCode(
  microsoft: Microsoft,
  request: AuthorizeRequest,
  account: Account,
): Promise<Response> {
  const { core, grants, settings } = microsoft;
  grants.consent(account.oid, request.client.id, request.scopes);
  const prefix = account.kind === 'personal' ? 'M.C5' : '0.A';
  const code = `${prefix}${core.random.text(120)}`;
  grants.codes.set(code, {
    clientId: request.client.id,
    redirectUri: request.redirectUri,
    oid: account.oid,
    scopes: request.scopes,
    nonce: request.nonce,
    challenge: request.challenge,
    expiresAtMs: core.clock.now() + settings.current.codeSeconds * 1000,
    used: false,
  });
  return answerRedirect(request, { code, session_state: core.random.guid() });
}

async function showFault(c: Context<SandboxEnv>, error: unknown): Promise<Response> {
  if (!(error instanceof EntraError)) throw error;
  return c.html(await errorPage(error.code, error.message), 400);
}

function sendFault(address: ReturnAddress, error: unknown): Promise<Response> {
  if (!(error instanceof EntraError)) throw error;
  const declined = error.code === 65004 ? { error_subcode: 'cancel' } : {};
  return answerRedirect(address, {
    error: error.error,
    ...declined,
    error_description: `AADSTS${error.code}: ${error.message}`,
  });
}
