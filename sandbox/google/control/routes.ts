import { Hono } from 'hono';
import { z } from 'zod';
import { parse } from '../../core/parse.ts';
import { RequestError } from '../../core/request-error.ts';
import type { OAuthClient } from '../directory.ts';
import type { Google } from '../google.ts';
import { issueTokens } from '../oauth/issue-tokens.ts';
import { readScopes } from '../oauth/scopes.ts';
import { mailboxControl } from './mailbox-routes.ts';
import { pubSubControl } from './pub-sub-routes.ts';

const user = z.string().min(1);
const revokeSchema = z.strictObject({
  user,
  clientId: z.string().optional(),
  /** "rapt": refreshing asks for a new sign-in, while consent and access tokens stay. */
  reason: z.enum(['revoked', 'rapt']).default('revoked'),
});
const expireSchema = z.strictObject({ user: user.optional() });
const withdrawSchema = z.strictObject({ user, scopes: z.array(z.string()).min(1) });
const clientSchema = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1).default('An application'),
  secrets: z.array(z.string().min(1)).default([]),
  redirectUris: z.array(z.string()).default([]),
  loopbackRedirects: z.boolean().default(true),
});
const issueSchema = z.strictObject({
  user,
  clientId: z.string().optional(),
  scopes: z.array(z.string()).min(1),
});

/** The Google half of the control interface, under /_sandbox/google (see README.md). */
export function googleControl(google: Google): Hono {
  const app = new Hono();
  const { directory, grants, settings, core } = google;
  const requireScopes = (names: readonly string[]) => {
    const { scopes, unknown } = readScopes(names.join(' '));
    if (unknown.length > 0) throw new RequestError(`There is no scope ${unknown.join(', ')}.`);
    return scopes;
  };
  const requireClient = (id: string | undefined): OAuthClient => {
    const client = id === undefined ? directory.clients()[0] : directory.client(id);
    if (client !== undefined) return client;
    const known = directory.clients().map((one) => one.id);
    throw new RequestError(`There is no client ${id ?? ''}; there are ${known.join(', ')}.`, 404);
  };

  app.get('/settings', (c) => c.json(settings.current));
  app.patch('/settings', async (c) => {
    settings.change(await c.req.json());
    google.quota.clear();
    return c.json(settings.current);
  });
  app.get('/quota/:user', (c) => {
    const account = directory.requireAccount(c.req.param('user'));
    const { quota } = settings.current;
    const clientId = requireClient(c.req.query('clientId')).id;
    return c.json({ spent: quota === null ? 0 : google.quota.spent(account.sub, clientId, quota) });
  });

  app.get('/accounts', (c) => c.json({ accounts: directory.accounts() }));
  app.get('/clients', (c) => c.json({ clients: directory.clients() }));
  app.put('/clients', async (c) => {
    const client = parse(clientSchema, await c.req.json(), 'The client');
    directory.putClient(client);
    return c.json(client);
  });

  app.post('/grants/revoke', async (c) => {
    const request = parse(revokeSchema, await c.req.json(), 'The revocation');
    const { sub } = directory.requireAccount(request.user);
    const clientId = request.clientId ?? null;
    const ended =
      request.reason === 'revoked'
        ? grants.revoke(sub, clientId)
        : grants.endRefreshTokens(
            (token) => token.sub === sub && (clientId === null || token.clientId === clientId),
            'rapt',
          );
    return c.json({ refreshTokens: ended });
  });
  app.post('/tokens/expire', async (c) => {
    const { user: email } = parse(expireSchema, await c.req.json(), 'The request');
    const sub = email === undefined ? null : directory.requireAccount(email).sub;
    return c.json({ tokens: grants.expireAccessTokens(sub, core.clock.now()) });
  });
  app.post('/scopes/withdraw', async (c) => {
    const { user: email, scopes } = parse(withdrawSchema, await c.req.json(), 'The request');
    grants.withdraw(directory.requireAccount(email).sub, requireScopes(scopes), null);
    return c.body(null, 204);
  });
  // A shortcut for tests that are not about consent: the answer of the token endpoint, without a browser.
  app.post('/tokens/issue', async (c) => {
    const request = parse(issueSchema, await c.req.json(), 'The request');
    const account = directory.requireAccount(request.user);
    const client = requireClient(request.clientId);
    const scopes = requireScopes(request.scopes);
    grants.consent(account.sub, client.id, scopes);
    grants.firstOffline(account.sub, client.id);
    const wanted = { account, client, scopes, nonce: null, offline: true, withRefreshToken: true };
    return c.json(await issueTokens(google, wanted));
  });

  app.route('/pubsub', pubSubControl(google));
  app.route('/mailboxes/:user', mailboxControl(google));
  return app;
}
