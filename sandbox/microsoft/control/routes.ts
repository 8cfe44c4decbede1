import { Hono } from 'hono';
import { z } from 'zod';
import { parse } from '../../core/parse.ts';
import { RequestError } from '../../core/request-error.ts';
import { entraCodes } from '../entra/entra-error.ts';
import { issueTokens } from '../entra/issue-tokens.ts';
import type { Microsoft } from '../microsoft.ts';
import { mailboxControl } from './mailbox-routes.ts';

const user = z.string().min(1);
const revokeSchema = z.strictObject({
  user,
  /** AADSTS code that refreshing answers from now on. */
  code: z.int().default(50173),
  /** Also ends access tokens before their time. */
  accessTokens: z.boolean().default(true),
});
const expireSchema = z.strictObject({ user: user.optional() });
const withdrawSchema = z.strictObject({
  user,
  scopes: z.array(z.string()).nullable().default(null),
});
const clientSchema = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1).default('An application'),
  secrets: z.array(z.string().min(1)).default([]),
  redirectUris: z.array(z.string()).default([]),
  loopbackRedirects: z.boolean().default(true),
  spa: z.boolean().default(false),
});
const issueSchema = z.strictObject({
  user,
  clientId: z.string().optional(),
  scopes: z.array(z.string()).min(1),
});

/** The Microsoft half of the control interface, under /_sandbox/microsoft (see README.md). */
export function microsoftControl(microsoft: Microsoft): Hono {
  const app = new Hono();
  const { directory, grants, settings } = microsoft;

  app.get('/settings', (c) => c.json(settings.current));
  app.patch('/settings', async (c) => {
    settings.change(await c.req.json());
    microsoft.throttle.clear();
    return c.json(settings.current);
  });

  app.get('/accounts', (c) => c.json({ accounts: directory.accounts() }));
  app.get('/clients', (c) => c.json({ clients: directory.clients() }));
  app.put('/clients', async (c) => {
    const client = parse(clientSchema, await c.req.json(), 'The client');
    directory.putClient(client);
    return c.json(client);
  });

  app.post('/grants/revoke', async (c) => {
    const {
      user: email,
      code,
      accessTokens,
    } = parse(revokeSchema, await c.req.json(), 'The revocation');
    const known = entraCodes.find((one) => one === code);
    if (known === undefined)
      throw new RequestError(
        `AADSTS${code} is not in the sandbox; it has ${entraCodes.join(', ')}.`,
      );
    return c.json({
      grants: grants.revoke(directory.requireAccount(email).oid, known, accessTokens),
    });
  });
  app.post('/tokens/expire', async (c) => {
    const { user: email } = parse(expireSchema, await c.req.json(), 'The request');
    const oid = email === undefined ? null : directory.requireAccount(email).oid;
    return c.json({ tokens: grants.expireAccessTokens(oid, microsoft.core.clock.now()) });
  });
  app.post('/scopes/withdraw', async (c) => {
    const { user: email, scopes } = parse(withdrawSchema, await c.req.json(), 'The request');
    grants.withdraw(directory.requireAccount(email).oid, scopes, null);
    return c.body(null, 204);
  });
  // A shortcut for tests that are not about consent: the answer of the token endpoint, without a browser.
  app.post('/tokens/issue', async (c) => {
    const request = parse(issueSchema, await c.req.json(), 'The request');
    const account = directory.requireAccount(request.user);
    const client =
      request.clientId === undefined ? directory.clients()[0] : directory.client(request.clientId);
    if (client === undefined)
      throw new RequestError(
        `There is no client ${request.clientId ?? ''}; there are ${directory
          .clients()
          .map((one) => one.id)
          .join(', ')}.`,
        404,
      );
    grants.consent(account.oid, client.id, request.scopes);
    const grant = {
      id: microsoft.core.random.guid(),
      oid: account.oid,
      clientId: client.id,
      createdAtMs: microsoft.core.clock.now(),
      revoked: null,
    };
    grants.grants.set(grant.id, grant);
    return c.json(
      await issueTokens(microsoft, {
        account,
        client,
        grant,
        asked: request.scopes,
        nonce: null,
        inheritedEndMs: null,
      }),
    );
  });

  app.route('/mailboxes/:user', mailboxControl(microsoft));
  return app;
}
