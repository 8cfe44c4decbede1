import { Hono } from 'hono';
import type { SandboxEnv } from '../../core/call.ts';
import type { Google } from '../google.ts';
import { authorize } from './authorize.ts';
import { revoke, tokenInfo, userInfo } from './inspect.ts';
import { metadata } from './metadata.ts';
import { token } from './token.ts';

/** The sign-in's addresses; on the real hosts they are spread over four. */
export function oauthRoutes(google: Google): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.get('/.well-known/openid-configuration', (c) => c.json(metadata(google)));
  app.get('/oauth2/v3/certs', (c) => c.json({ keys: [google.signingKey.publicJwk()] }));
  // Keys by id in PEM, as the Google client library for Node asks for them.
  app.get('/oauth2/v1/certs', (c) =>
    c.json({ [google.signingKey.publicJwk().kid ?? '']: google.signingKey.publicPem() }),
  );
  app.on(['GET', 'POST'], '/o/oauth2/v2/auth', (c) => authorize(c, google));
  app.post('/token', (c) => token(c, google));
  app.post('/revoke', (c) => revoke(c, google));
  app.on(['GET', 'POST'], '/tokeninfo', (c) => tokenInfo(c, google));
  app.get('/oauth2/v2/userinfo', (c) => userInfo(c, google, 'v2'));
  app.on('GET', ['/v1/userinfo', '/oauth2/v3/userinfo'], (c) => userInfo(c, google, 'openid'));
  return app;
}
