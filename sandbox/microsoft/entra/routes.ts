import { Hono } from 'hono';
import type { SandboxEnv } from '../../core/call.ts';
import type { Microsoft } from '../microsoft.ts';
import { authorize } from './authorize.ts';
import { metadata } from './metadata.ts';
import { token } from './token.ts';

/** The identity provider's addresses. */
export function entraRoutes(microsoft: Microsoft): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.get('/:tenant/v2.0/.well-known/openid-configuration', (c) => metadata(c, microsoft));
  app.get('/:tenant/discovery/v2.0/keys', (c) =>
    c.json({ keys: [microsoft.signingKey.publicJwk()] }),
  );
  app.on(['GET', 'POST'], '/:tenant/oauth2/v2.0/authorize', (c) => authorize(c, microsoft));
  app.post('/:tenant/oauth2/v2.0/token', (c) => token(c, microsoft));
  return app;
}
