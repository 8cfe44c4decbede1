import { type Context, Hono } from 'hono';
import type { Call, SandboxEnv } from '../../core/call.ts';
import { authenticate, requireScope } from '../authenticate.ts';
import type { Account } from '../directory.ts';
import type { Google } from '../google.ts';
import { badArgument, entityNotFound, GoogleError } from '../google-error.ts';
import { mailReadScopes } from '../oauth/scopes.ts';
import { batch } from './batch.ts';
import { type GmailAnswer, type GmailRoute, standardQuery } from './gmail-route.ts';
import { historyRoutes } from './history-routes.ts';
import { labelRoutes } from './label-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { threadRoutes } from './thread-routes.ts';
import { watchRoutes } from './watch-routes.ts';

const routes: readonly GmailRoute[] = [
  ...labelRoutes,
  ...messageRoutes,
  ...threadRoutes,
  ...historyRoutes,
  ...watchRoutes,
];
const base = '/gmail/v1/';

/** The values of a pattern's placeholders; null when the path is another. */
function match(pattern: string, path: string): Record<string, string> | null {
  const steps = path.slice(base.length).split('/');
  const names = pattern.split('/');
  if (steps.length !== names.length) return null;
  const params: Record<string, string> = {};
  for (const [i, name] of names.entries()) {
    const step = steps[i] ?? '';
    if (name.startsWith('{')) params[name.slice(1, -1)] = decodeURIComponent(step);
    else if (name !== step) return null;
  }
  return params;
}

/** The pattern a path belongs to, for counting. */
export function gmailEndpoint(path: string): string {
  const found = path.includes('%') ? undefined : routes.find(({ pattern }) => match(pattern, path));
  return found === undefined ? path.split('/').slice(0, 4).join('/') : base + found.pattern;
}

/** Gmail v1 and its batches. `self` serves the parts of a batch through the whole pipeline, faults included. */
export function gmailRoutes(
  google: Google,
  self: (request: Request, parent: Call) => Promise<Response>,
): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.onError((error) => {
    const fault =
      error instanceof GoogleError
        ? error
        : new GoogleError(
            500,
            'backendError',
            `The sandbox failed: ${error.stack ?? error.message}`,
          );
    return json(fault.status, fault.body(), fault.more.headers);
  });
  app.on('POST', ['/batch', '/batch/gmail/v1'], (c) =>
    batch(c, google, (request) => self(request, c.get('call'))),
  );
  app.all('/gmail/v1/*', async (c) => {
    const token = authenticate(google, c.req.header('authorization'));
    const { route, params } = findRoute(c, google);
    requireScope(token, route.scopes, `caribou.api.proto.MailboxService.${route.id}`);
    const account = ownAccount(google, token.sub, params['user'] ?? '');
    const call = c.get('call');
    google.quota.check(
      {
        method: route.id,
        sub: token.sub,
        project: token.clientId,
        // The parts of a batch have a limit of their own.
        concurrent: call.batched ? 0 : call.concurrent,
      },
      google.settings.current,
    );
    if (!account.mail)
      throw new GoogleError(400, 'failedPrecondition', 'Mail service not enabled', {
        statusName: 'FAILED_PRECONDITION',
      });
    const query = new URL(c.req.url).searchParams;
    checkQuery(c, google, route, query);
    const metadataOnly = !mailReadScopes.some((scope) => token.scopes.includes(scope));
    return respond(
      route.answer({
        google,
        account,
        token,
        view: google.view(account),
        query,
        params,
        body: c.req.method === 'GET' ? null : await readJson(c),
        fault: call.fault?.action ?? null,
        metadataOnly,
      }),
    );
  });
  return app;
}

function findRoute(c: Context<SandboxEnv>, google: Google) {
  const path = new URL(c.req.url).pathname;
  for (const route of routes) {
    const params = route.method === c.req.method ? match(route.pattern, path) : null;
    if (params !== null) return { route, params };
  }
  violation(
    c,
    google,
    'unknown-operation',
    `${c.req.method} ${path} is not an operation of the sandbox`,
  );
  throw entityNotFound();
}

/** `me`, or the own address; anybody else's mail needs a delegation that the sandbox does not have. */
function ownAccount(google: Google, sub: string, user: string): Account {
  const account = google.directory.account(sub);
  if (account === undefined)
    throw new GoogleError(401, 'authError', 'Invalid Credentials', { location: 'Authorization' });
  if (user !== 'me' && user.toLowerCase() !== account.email.toLowerCase())
    throw new GoogleError(403, 'forbidden', `Delegation denied for ${account.email}`);
  return account;
}

/** Strict mode: a query parameter that the contract does not have is refused and written down. */
function checkQuery(
  c: Context<SandboxEnv>,
  google: Google,
  route: GmailRoute,
  query: URLSearchParams,
): void {
  if (!google.core.settings.current.strict) return;
  for (const name of query.keys()) {
    if (route.query.includes(name) || standardQuery.includes(name)) continue;
    violation(
      c,
      google,
      'unknown-query-parameter',
      `${name} is not a parameter of ${route.method} ${base}${route.pattern}`,
    );
    throw badArgument(
      `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. Field '${name}' could not be found in request message.`,
    );
  }
}

function violation(c: Context<SandboxEnv>, google: Google, rule: string, detail: string): void {
  const at = new Date(google.core.clock.now()).toISOString();
  google.core.violations.add({ at, method: c.req.method, path: c.req.path, rule, detail });
}

async function readJson(c: Context<SandboxEnv>): Promise<unknown> {
  const text = await c.req.text();
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new GoogleError(400, 'parseError', 'Parse Error');
  }
}

function respond(answer: GmailAnswer): Response {
  return 'json' in answer ? json(answer.status, answer.json) : new Response(null, answer);
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=UTF-8', ...headers },
  });
}
