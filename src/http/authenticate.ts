import type { Access } from '../services/access.ts';
import type { Member } from '../services/access-member.ts';
import { bearerToken } from '../services/tokens/bearer-token.ts';

/** The two values that say who a request is from: headers, or the payload of `connection_init`. */
export interface Credentials {
  readonly authorization: unknown;
  readonly organizationId: unknown;
}

/** The credentials in HTTP headers. */
export function credentialsOf(headers: Headers): Credentials {
  return {
    authorization: headers.get('authorization'),
    organizationId: headers.get('x-organization-id'),
  };
}

/**
 * The member a request acts as; null when it carries no token at all.
 * @throws LockstepError UNAUTHENTICATED, FORBIDDEN (organisation), UNAVAILABLE
 */
export async function authenticate(
  access: Access,
  { authorization, organizationId }: Credentials,
): Promise<Member | null> {
  const token = bearerToken(authorization);
  if (token === null) return null;
  const chosen = typeof organizationId === 'string' ? organizationId : null;
  return access.authenticate(token, chosen);
}
