import { type Context, Hono } from 'hono';
import type { Call, SandboxEnv } from '../../core/call.ts';
import type { Account } from '../directory.ts';
import type { Microsoft } from '../microsoft.ts';
import { attachmentRoutes } from './attachment-routes.ts';
import { authenticate, requireScope } from './authenticate.ts';
import { batch } from './batch.ts';
import { deltaRoutes } from './delta-routes.ts';
import { folderRoutes } from './folder-routes.ts';
import { badQuery, GraphError, graphErrorBody } from './graph-error.ts';
import { graphSegments, matchPattern } from './graph-path.ts';
import type { GraphRequest } from './graph-request.ts';
import type { GraphAnswer, GraphRoute } from './graph-route.ts';
import { meRoutes } from './me-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { readPreferences } from './preferences.ts';
import { parseQueryOptions } from './query-options.ts';

// Fixed words stand before placeholders, so that /messages/delta is not read as a message.
const routes: readonly GraphRoute[] = [
  ...meRoutes,
  ...deltaRoutes,
  ...folderRoutes,
  ...messageRoutes,
  ...attachmentRoutes,
].toSorted((a, b) => a.pattern.split('{').length - b.pattern.split('{').length);

const jsonType =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

/** The pattern a path belongs to, for counting. */
export function graphEndpoint(path: string): string {
  const segments = meSegments(graphSegments(path));
  return `/v1.0/${routes.find((route) => matchPattern(route.pattern, segments) !== null)?.pattern ?? segments[0] ?? ''}`;
}

/** Graph v1.0. `self` serves the parts of a batch through the whole pipeline, faults included. */
export function graphRoutes(
  microsoft: Microsoft,
  self: (request: Request, parent: Call) => Promise<Response>,
): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.onError((error, c) => {
    const fault =
      error instanceof GraphError
        ? error
        : new GraphError(
            500,
            'generalException',
            `The sandbox failed: ${error.stack ?? error.message}`,
          );
    const context = {
      clock: microsoft.core.clock,
      requestId: c.get('call').requestId,
      clientRequestId: clientRequestId(c),
    };
    const body = JSON.stringify(graphErrorBody(fault.code, fault.message, context));
    return new Response(body, {
      status: fault.status,
      headers: { 'content-type': 'application/json', ...fault.headers },
    });
  });
  app.all('/v1.0/*', async (c) => {
    const url = new URL(c.req.url);
    const token = authenticate(microsoft, c.req.header('authorization'));
    const account = microsoft.directory.account(token.oid);
    if (account === undefined)
      throw new GraphError(
        404,
        'Request_ResourceNotFound',
        'The account of the token does not exist.',
      );
    const segments = meSegments(graphSegments(url.pathname), account);
    if (segments[0]?.toLowerCase() === '$batch')
      return batch(c, microsoft, (request) => self(request, c.get('call')));
    const route = findRoute(c, microsoft, segments);
    requireScope(token, route.scopes);
    microsoft.throttle.check(
      account.oid,
      c.get('call').concurrent,
      microsoft.settings.current.throttle,
    );
    const mailbox = microsoft.mailbox(account);
    const preferences = readPreferences(c.req.header('prefer'));
    const request: GraphRequest = {
      account,
      scopes: token.scopes,
      mailbox,
      preferences,
      url,
      view: {
        mailbox,
        owner: { name: account.name, address: account.email },
        immutableIds: preferences.immutableIds,
        bodyType: preferences.bodyType,
      },
      fault: c.get('call').fault?.action ?? null,
    };
    checkQuery(c, microsoft, route, url);
    const options = parseQueryOptions(url.searchParams);
    const params = matchPattern(route.pattern, segments) ?? {};
    const body = c.req.method === 'GET' || c.req.method === 'DELETE' ? null : await readJson(c);
    return respond(
      route.answer({ microsoft, request, options, params, body }),
      preferences.applied,
    );
  });
  return app;
}

export function clientRequestId(c: Context<SandboxEnv>): string {
  return c.req.header('client-request-id') ?? c.get('call').requestId;
}

/** /users/{own id or address} is the same as /me; nested child folders are the same as the folder itself. */
function meSegments(segments: readonly string[], account?: Account): string[] {
  let path = [...segments];
  if (path[0]?.toLowerCase() === 'users' && path[1] !== undefined) {
    const own =
      account === undefined ||
      [account.oid, account.email.toLowerCase()].includes(path[1].toLowerCase());
    if (!own)
      throw new GraphError(
        403,
        'ErrorAccessDenied',
        'Access is denied. Check credentials and try again.',
      );
    path = ['me', ...path.slice(2)];
  }
  while (
    path[1]?.toLowerCase() === 'mailfolders' &&
    path[3]?.toLowerCase() === 'childfolders' &&
    path[4] !== undefined &&
    path[4].toLowerCase() !== '$count'
  ) {
    path = ['me', 'mailFolders', ...path.slice(4)];
  }
  return path;
}

/** The operation of a path and method; asking for one that is not there is written down. */
function findRoute(
  c: Context<SandboxEnv>,
  microsoft: Microsoft,
  segments: readonly string[],
): GraphRoute {
  const candidates = routes.filter((route) => matchPattern(route.pattern, segments) !== null);
  const route = candidates.find((one) => one.method === c.req.method);
  if (route !== undefined) return route;
  const path = segments.join('/');
  violation(
    c,
    microsoft,
    'unknown-operation',
    `${c.req.method} /${path} is not an operation of the sandbox`,
  );
  if (candidates.length > 0)
    throw new GraphError(
      405,
      'Request_BadRequest',
      'Specified HTTP method is not allowed for the request target.',
    );
  throw new GraphError(
    400,
    'BadRequest',
    `Resource not found for the segment '${path}', or the sandbox does not have it.`,
  );
}

/** Strict mode: a query parameter that the contract does not have is refused and written down. */
function checkQuery(
  c: Context<SandboxEnv>,
  microsoft: Microsoft,
  route: GraphRoute,
  url: URL,
): void {
  if (!microsoft.core.settings.current.strict) return;
  for (const name of url.searchParams.keys()) {
    const lower = name.toLowerCase();
    if (route.query.includes(lower) || route.query.includes(`$${lower}`)) continue;
    violation(
      c,
      microsoft,
      'unknown-query-parameter',
      `${name} is not a parameter of ${route.method} /${route.pattern}`,
    );
    throw badQuery(`The query parameter '${name}' is not supported.`);
  }
}

function violation(
  c: Context<SandboxEnv>,
  microsoft: Microsoft,
  rule: string,
  detail: string,
): void {
  const at = new Date(microsoft.core.clock.now()).toISOString();
  microsoft.core.violations.add({ at, method: c.req.method, path: c.req.path, rule, detail });
}

async function readJson(c: Context<SandboxEnv>): Promise<unknown> {
  const text = await c.req.text();
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new GraphError(
      400,
      'BadRequest',
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    );
  }
}

function respond(answer: GraphAnswer, applied: string | null): Response {
  const preference: Record<string, string> =
    applied === null ? {} : { 'preference-applied': applied };
  if ('empty' in answer) return new Response(null, { status: answer.status, headers: preference });
  if ('bytes' in answer)
    return new Response(new Uint8Array(answer.bytes), {
      status: answer.status,
      headers: { ...preference, 'content-type': answer.type },
    });
  return new Response(JSON.stringify(answer.json), {
    status: answer.status,
    headers: { ...preference, 'content-type': jsonType, ...answer.headers },
  });
}
