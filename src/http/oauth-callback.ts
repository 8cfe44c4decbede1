import { createHash } from 'node:crypto';
import type { Context, Handler } from 'hono';
import { deleteCookie, getCookie } from 'hono/cookie';
import { html, raw } from 'hono/html';
import type { Logger } from '../log.ts';
import type { Accounts } from '../services/accounts/accounts.ts';
import { callbackVendors } from '../services/accounts/finish-connect.ts';

const style =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}';

/** One style, allowed by its hash; nothing else may load, run, frame or learn the address. */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/**
 * `GET /oauth/callback/:vendor`: where a vendor sends the browser after a consent. Ends at a page of
 * our own web client, or at a 400 page when the caller cannot be tied to a consent that is under way.
 */
export function oauthCallback({ accounts, log }: { accounts: Accounts; log: Logger }): Handler {
  return async (c) => {
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    const vendor = callbackVendors.find((known) => known === c.req.param('vendor'));
    if (!vendor) return page(c, 404, 'There is no such sign-in');
    try {
      const result = await accounts.finishConnect({
        vendor,
        query: new URL(c.req.url).searchParams,
        cookie: (name) => getCookie(c, name),
      });
      if (result.kind === 'invalid') {
        log.warn({ vendor, why: result.why }, 'A callback was refused');
        return page(c, 400, 'This sign-in cannot be completed');
      }
      deleteCookie(c, result.cookieName, { path: '/oauth/callback' });
      return c.redirect(result.location, 303);
    } catch (error) {
      log.error({ err: error, vendor }, 'A callback failed');
      return page(c, 503, 'The sign-in could not be completed now');
    }
  };
}

/** Tells no reason: whoever holds a bad link learns nothing, whoever holds a good one sees the cure. */
function page(c: Context, status: 400 | 404 | 503, title: string) {
  return c.html(
    html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} - Lockstep</title><style>${raw(style)}</style></head>
<body><main><h1>${title}</h1>
<p>The link may have been used already, be older than ten minutes, or belong to a sign-in that was started in another browser. Nothing was connected or changed.</p>
<p><a href="/">Go back to Lockstep</a> and connect the account again.</p></main></body>
</html>`,
    status,
  );
}
