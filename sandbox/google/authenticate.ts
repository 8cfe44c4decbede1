import type { Google } from './google.ts';
import { GoogleError } from './google-error.ts';
import type { AccessToken } from './oauth/grants.ts';

const realm = 'Bearer realm="https://accounts.google.com/"';

/** The token of an Authorization header; null when there is none. */
export function bearerOf(header: string | undefined): string | null {
  return /^Bearer (\S+)$/i.exec(header ?? '')?.[1] ?? null;
}

/** The live token of a request, or Google's 401. */
export function authenticate(google: Google, header: string | undefined): AccessToken {
  const text = bearerOf(header);
  if (text === null)
    throw new GoogleError(
      401,
      'required',
      'Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
      {
        inner: 'Login Required.',
        location: 'Authorization',
        headers: { 'www-authenticate': realm },
      },
    );
  const token = google.grants.accessTokens.get(text);
  if (token === undefined || token.revoked || token.expiresAtMs <= google.core.clock.now())
    throw new GoogleError(401, 'authError', 'Invalid Credentials', {
      location: 'Authorization',
      headers: { 'www-authenticate': `${realm}, error="invalid_token"` },
    });
  return token;
}

/** Google's 403 when none of the scopes was granted. */
export function requireScope(token: AccessToken, scopes: readonly string[], method: string): void {
  if (scopes.some((scope) => token.scopes.includes(scope))) return;
  throw new GoogleError(
    403,
    'insufficientPermissions',
    'Request had insufficient authentication scopes.',
    {
      inner: 'Insufficient Permission',
      headers: {
        'www-authenticate': `${realm}, error="insufficient_scope", scope="${scopes.join(' ')}"`,
      },
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
          domain: 'googleapis.com',
          metadata: { service: 'gmail.googleapis.com', method },
        },
      ],
    },
  );
}
