import type { AccessToken } from '../entra/grants.ts';
import type { Microsoft } from '../microsoft.ts';
import { GraphError } from './graph-error.ts';

const challenge =
  'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"';

function refuse(message: string, header = challenge): GraphError {
  return new GraphError(401, 'InvalidAuthenticationToken', message, { 'www-authenticate': header });
}

/** The token of an Authorization header; null when it is none of this sandbox. */
export function bearerOf(header: string | undefined): string | null {
  return /^Bearer (\S+)$/i.exec(header ?? '')?.[1] ?? null;
}

/** The live token of a request, or Graph's 401. */
export function authenticate(microsoft: Microsoft, header: string | undefined): AccessToken {
  const text = bearerOf(header);
  if (text === null) throw refuse('Access token is empty.');
  const token = microsoft.grants.accessTokens.get(text);
  if (token === undefined) {
    const dots = text.split('.').length - 1;
    throw refuse(
      dots === 2
        ? 'Access token validation failure. Invalid signature.'
        : 'CompactToken parsing failed with error code: 80049217',
    );
  }
  if (token.expiresAtMs <= microsoft.core.clock.now())
    throw refuse('Lifetime validation failed, the token is expired.');
  if (token.revoked) {
    // A refresh alone does not help: the claims must go through a new sign-in.
    const claims = Buffer.from('{"access_token":{"nbf":{"essential":true,"value":"1"}}}').toString(
      'base64',
    );
    throw refuse(
      'Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp',
      `${challenge}, error="insufficient_claims", claims="${claims}"`,
    );
  }
  return token;
}

/** Graph's 403 when none of the scopes was granted. */
export function requireScope(token: AccessToken, scopes: readonly string[]): void {
  if (scopes.some((scope) => token.scopes.includes(scope))) return;
  if (scopes.includes('User.Read'))
    throw new GraphError(
      403,
      'Authorization_RequestDenied',
      'Insufficient privileges to complete the operation.',
    );
  throw new GraphError(
    403,
    'ErrorAccessDenied',
    'Access is denied. Check credentials and try again.',
  );
}
