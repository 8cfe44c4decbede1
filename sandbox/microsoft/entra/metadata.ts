import type { Context } from 'hono';
import type { SandboxEnv } from '../../core/call.ts';
import type { Microsoft } from '../microsoft.ts';
import { resolveTenant } from './authorize-request.ts';
import { EntraError, entraErrorBody } from './entra-error.ts';
import { graphScopes, identityScopes } from './scopes.ts';

/** GET /{tenant}/v2.0/.well-known/openid-configuration */
export function metadata(c: Context<SandboxEnv>, microsoft: Microsoft): Response {
  const name = c.req.param('tenant') ?? '';
  try {
    const tenant = resolveTenant(microsoft.directory, name);
    const base = `${microsoft.url()}/${name}`;
    return c.json({
      token_endpoint: `${base}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
      jwks_uri: `${base}/discovery/v2.0/keys`,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code'],
      scopes_supported: [...identityScopes, ...graphScopes],
      // The aliases give a template: a token's issuer can only be checked against the token's own tid.
      issuer: microsoft.issuer(tenant?.id ?? '{tenantid}'),
      request_uri_parameter_supported: false,
      userinfo_endpoint: 'https://graph.microsoft.com/oidc/userinfo',
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      claims_supported: [
        'sub',
        'iss',
        'aud',
        'exp',
        'iat',
        'nonce',
        'preferred_username',
        'name',
        'tid',
        'oid',
        'ver',
        'email',
      ],
      tenant_region_scope: null,
      cloud_instance_name: 'microsoftonline.com',
      msgraph_host: 'graph.microsoft.com',
    });
  } catch (error) {
    if (!(error instanceof EntraError)) throw error;
    return c.json(entraErrorBody(error, microsoft.core.clock, microsoft.core.random), error.status);
  }
}
