import type { Context, Hono } from 'hono';
import { Hono as HonoApp } from 'hono';
import type { Call, SandboxEnv } from '../core/call.ts';
import type { Vendor } from '../core/vendor.ts';
import { microsoftControl } from './control/routes.ts';
import { entraRoutes } from './entra/routes.ts';
import { bearerOf } from './graph/authenticate.ts';
import { graphErrorBody } from './graph/graph-error.ts';
import { clientRequestId, graphEndpoint, graphRoutes } from './graph/routes.ts';
import type { Microsoft } from './microsoft.ts';

const entraPath = /^\/[^/]+\/(oauth2\/v2\.0|v2\.0\/\.well-known|discovery\/v2\.0)\//;

/** The Microsoft side as the server mounts it. */
export function microsoftVendor(
  microsoft: Microsoft,
  self: (request: Request, parent: Call) => Promise<Response>,
): Vendor {
  const app: Hono<SandboxEnv> = new HonoApp<SandboxEnv>();
  app.route('/', entraRoutes(microsoft));
  app.route('/', graphRoutes(microsoft, self));
  return {
    name: 'microsoft',
    app,
    control: microsoftControl(microsoft),
    parts: microsoft.parts(),
    owns: (path) => path.startsWith('/v1.0/') || entraPath.test(path),
    identify: (c) => identify(c, microsoft),
    endpoint: (path) =>
      path.startsWith('/v1.0/') ? graphEndpoint(path) : path.replace(/^\/[^/]+/, '/{tenant}'),
    answerHeaders: (c) => {
      const date = { date: new Date(microsoft.core.clock.now()).toUTCString() };
      const requestId = c.get('call').requestId;
      if (!c.req.path.startsWith('/v1.0/')) return { ...date, 'x-ms-request-id': requestId };
      return { ...date, 'request-id': requestId, 'client-request-id': clientRequestId(c) };
    },
    throttleBody: (c) => {
      const context = {
        clock: microsoft.core.clock,
        requestId: c.get('call').requestId,
        clientRequestId: clientRequestId(c),
      };
      return graphErrorBody(
        'ApplicationThrottled',
        'Application is over its MailboxConcurrency limit.',
        context,
      );
    },
  };
}

/** The account behind a bearer token, a code or a refresh token. */
async function identify(c: Context<SandboxEnv>, microsoft: Microsoft): Promise<string | null> {
  const { grants, directory } = microsoft;
  const emailOf = (oid: string | undefined) =>
    oid === undefined ? null : (directory.account(oid)?.email.toLowerCase() ?? null);
  const bearer = bearerOf(c.req.header('authorization'));
  if (bearer !== null) return emailOf(grants.accessTokens.get(bearer)?.oid);
  if (c.req.method !== 'POST' || !c.req.path.endsWith('/token')) return null;
  const form = new URLSearchParams(await c.req.text());
  const code = grants.codes.get(form.get('code') ?? '');
  if (code !== undefined) return emailOf(code.oid);
  const refreshToken = grants.refreshTokens.get(form.get('refresh_token') ?? '');
  return emailOf(
    refreshToken === undefined ? undefined : grants.grants.get(refreshToken.grantId)?.oid,
  );
}
