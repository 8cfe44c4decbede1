import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { SandboxEnv } from '../../core/call.ts';
import type { Account } from '../directory.ts';
import type { Google } from '../google.ts';
import { type AuthorizeRequest, readAuthorizeRequest } from './authorize-request.ts';
import { consentPage, faultPage } from './consent-page.ts';
import { PageFault, pageFaults } from './oauth-error.ts';
import { isIdentityScope } from './scopes.ts';

const sessionCookie = 'SID';

/** GET and POST /o/oauth2/v2/auth: the request is the same, the POST carries the person's choice. */
export async function authorize(c: Context<SandboxEnv>, google: Google): Promise<Response> {
  try {
    const blocked = google.settings.current.consentFault;
    if (blocked !== null) throw new PageFault(blocked);
    const query = new URL(c.req.url).searchParams;
    const request = readAuthorizeRequest(google.directory, query);
    return c.req.method === 'POST'
      ? await decide(c, google, request)
      : await ask(c, google, request);
  } catch (error) {
    if (!(error instanceof PageFault)) throw error;
    return c.html(await faultPage(error), pageFaults[error.fault].status);
  }
}

async function ask(
  c: Context<SandboxEnv>,
  google: Google,
  request: AuthorizeRequest,
): Promise<Response> {
  const { directory, grants } = google;
  const { loginHint } = request;
  const hinted =
    loginHint === null
      ? undefined
      : (directory.accountByEmail(loginHint) ?? directory.account(loginHint));
  const signedIn = directory.account(getCookie(c, sessionCookie) ?? '');
  const silent =
    signedIn !== undefined && (loginHint === null || hinted === signedIn) ? signedIn : null;
  const consented = silent === null ? null : grants.consented(silent.sub, request.client.id);
  const covered = consented !== null && request.scopes.every((scope) => consented.has(scope));
  if (request.prompts.includes('none') && (silent === null || !covered))
    return answer(request, { error: 'interaction_required' });
  const asks = request.prompts.includes('consent') || request.prompts.includes('select_account');
  if (silent !== null && covered && !asks) return sendCode(google, request, silent, request.scopes);
  const accounts = directory
    .accounts()
    .filter((account) => request.hd === null || request.hd === '*' || account.hd === request.hd);
  const chosen = hinted ?? (request.prompts.includes('select_account') ? null : silent);
  return c.html(await consentPage(request, accounts, chosen));
}

async function decide(
  c: Context<SandboxEnv>,
  google: Google,
  request: AuthorizeRequest,
): Promise<Response> {
  const form = new URLSearchParams(await c.req.text());
  if (form.get('decision') !== 'accept') return answer(request, { error: 'access_denied' });
  const email = form.get('account') ?? '';
  const account = google.directory.accountByEmail(email);
  if (account === undefined)
    throw new PageFault('invalid_request', `There is no account '${email}'.`);
  const ticked = request.scopes.filter(
    (scope) => isIdentityScope(scope) || form.getAll('granted').includes(scope),
  );
  if (ticked.length === 0) return answer(request, { error: 'access_denied' });
  // An unticked box takes back what was granted earlier, so that partial consent can be tested twice in a row.
  const unticked = request.scopes.filter((scope) => !ticked.includes(scope));
  google.grants.withdraw(account.sub, unticked, request.client.id);
  setCookie(c, sessionCookie, account.sub, { path: '/', httpOnly: true, sameSite: 'Lax' });
  const sent = sendCode(google, request, account, ticked);
  sent.headers.append('set-cookie', c.res.headers.get('set-cookie') ?? '');
  return sent;
}

function sendCode(
  google: Google,
  request: AuthorizeRequest,
  account: Account,
  approved: readonly string[],
): Response {
  const { core, grants, settings } = google;
  const clientId = request.client.id;
  grants.consent(account.sub, clientId, approved);
  const scopes = request.includeGranted
    ? [...new Set([...approved, ...grants.consented(account.sub, clientId)])]
    : approved;
  const first = request.offline && grants.firstOffline(account.sub, clientId);
  const code = `4/0A${core.random.text(68)}`;
  grants.codes.set(code, {
    clientId,
    redirectUri: request.redirectUri,
    sub: account.sub,
    scopes,
    nonce: request.nonce,
    challenge: request.challenge,
    offline: request.offline,
    withRefreshToken: request.offline && (first || request.prompts.includes('consent')),
    expiresAtMs: core.clock.now() + settings.current.codeSeconds * 1000,
    used: false,
  });
  return answer(request, {
    iss: google.issuer(),
    code,
    scope: scopes.join(' '),
    authuser: '0',
    ...(account.hd === null ? {} : { hd: account.hd }),
    prompt: request.prompts.length === 0 ? 'none' : request.prompts.join(' '),
  });
}

/** Sends the browser back to the application. */
function answer(request: AuthorizeRequest, members: Record<string, string>): Response {
  const state: Record<string, string> = request.state === null ? {} : { state: request.state };
  const all = new URLSearchParams({ ...state, ...members });
  const joint = request.redirectUri.includes('?') ? '&' : '?';
  return new Response(null, {
    status: 302,
    headers: { location: `${request.redirectUri}${joint}${all}` },
  });
}
