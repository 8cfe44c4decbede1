import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { Routes } from './app.ts';

const style =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}[role=status]{border-inline-start:.25rem solid;padding-inline-start:.75rem}code{overflow-wrap:anywhere}';

const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** What the end of a consent says in the query of the page it leads back to. */
const failures: Readonly<Record<string, string>> = {
  declined: 'Access was declined at the provider. Nothing was connected.',
  partial_consent: 'Not everything that is needed was allowed. Connect again and allow all of it.',
  different_account:
    'That is another account than the one connected before. Sign in with the same one.',
  already_connected_elsewhere: 'That account is connected in another organisation already.',
  no_refresh_token: 'The provider gave no lasting access. Connect again.',
  not_a_member: 'Your membership ended meanwhile, so nothing was connected.',
  provider_unavailable: 'The provider does not answer now. Try again in a moment.',
  provider_refused: 'The provider refused the sign-in. Try again, or ask your administrator.',
  provider_protocol: 'The provider answered something unexpected. Try again later.',
};

/** `GET /`: says what this is and how a consent ended. */
export const landingRoutes: Routes = (app) => {
  app.get('/', (c) => {
    c.header('content-security-policy', policy);
    c.header('cache-control', 'no-store');
    const { connected, connect_error: failure } = c.req.query();
    const outcome = connected
      ? 'The account is connected. You can close this page or start its one-time sync.'
      : failure && (failures[failure] ?? 'The account was not connected. Try again.');
    return c.html(page(outcome));
  });
};

function page(outcome: string | undefined) {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Lockstep</title><style>${raw(style)}</style></head>
<body><main>
<h1>Lockstep</h1>
${outcome ? html`<p role="status">${outcome}</p>` : ''}
<p>Keeps a company's records in step with the accounts its members use. This server answers GraphQL at <code>/graphql</code>, over HTTP and WebSocket.</p>
<ul>
<li><a href="/graphql">GraphiQL</a>: try the API by hand, with ready operations</li>
<li><a href="/health">Health</a> of this server</li>
</ul>
</main></body>
</html>`;
}
