import { type Context, Hono } from 'hono';
import type { Call, SandboxEnv } from '../core/call.ts';
import type { Vendor } from '../core/vendor.ts';
import { bearerOf } from './authenticate.ts';
import { googleControl } from './control/routes.ts';
import { gmailEndpoint, gmailRoutes } from './gmail/routes.ts';
import type { Google } from './google.ts';
import { GoogleError } from './google-error.ts';
import { oauthRoutes } from './oauth/routes.ts';
import type { Quota } from './settings.ts';

/** Paths of the sign-in, of its keys, and of the APIs; none of them can be one of Microsoft's. */
const ownPath =
  /^\/(o\/oauth2\/v2\/|token$|revoke$|tokeninfo$|oauth2\/v[123]\/|v1\/userinfo$|\.well-known\/openid-configuration$|gmail\/v1\/|batch(\/|$))/;

/** The Google side as the server mounts it. */
export function googleVendor(
  google: Google,
  self: (request: Request, parent: Call) => Promise<Response>,
): Vendor {
  const app = new Hono<SandboxEnv>();
  app.route('/', gmailRoutes(google, self));
  app.route('/', oauthRoutes(google));
  return {
    name: 'google',
    app,
    control: googleControl(google),
    parts: google.parts(),
    owns: (path) => ownPath.test(path),
    identify: (c) => identify(c, google),
    endpoint: (path) => (path.startsWith('/gmail/') ? gmailEndpoint(path) : path),
    answerHeaders: () => ({
      date: new Date(google.core.clock.now()).toUTCString(),
      vary: 'Origin, X-Origin, Referer',
      ...quotaPolicy(google.settings.current.quota),
    }),
    throttleBody: () =>
      new GoogleError(
        429,
        'rateLimitExceeded',
        'Resource has been exhausted (e.g. check quota).',
      ).body(),
  };
}

/** The account behind a bearer token, a code or a refresh token. */
async function identify(c: Context<SandboxEnv>, google: Google): Promise<string | null> {
  const { grants, directory } = google;
  const bearer = bearerOf(c.req.header('authorization'));
  if (bearer !== null) return emailOf(grants.accessTokens.get(bearer)?.sub);
  if (c.req.method !== 'POST' || !['/token', '/revoke'].includes(c.req.path)) return null;
  const form = new URLSearchParams(await c.req.text());
  const token = form.get('token') ?? c.req.query('token') ?? '';
  return emailOf(
    grants.codes.get(form.get('code') ?? '')?.sub ??
      grants.refreshTokens.get(form.get('refresh_token') ?? token)?.sub ??
      grants.accessTokens.get(token)?.sub,
  );

  function emailOf(sub: string | undefined): string | null {
    return sub === undefined ? null : (directory.account(sub)?.email.toLowerCase() ?? null);
  }
}

/** Says what the quota is while one is set, which Google does not: clients need not be told otherwise. */
function quotaPolicy(quota: Quota | null): Record<string, string> {
  if (quota === null || quota.perUser === null) return {};
  const table = quota.units === 'old' ? 'before2026' : 'since2026';
  return { 'ratelimit-policy': `"${table}";q=${quota.perUser};w=60` };
}
