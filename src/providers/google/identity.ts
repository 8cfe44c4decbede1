import type { AccountIdentity } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import type { JsonObject } from '../json-object.ts';

/**
 * The account behind the token. `subject` is `userinfo`'s `id`, the `sub` of id tokens; addresses may
 * pass to other people.
 * @param userInfo of www.googleapis.com/oauth2/v2/userinfo
 */
export function readIdentity(userInfo: JsonObject, profile: JsonObject): AccountIdentity {
  const { id, email, name } = userInfo;
  if (typeof id !== 'string' || id === '') {
    throw new ProviderError('PROVIDER_PROTOCOL', 'Google sent an account without id.');
  }
  const addresses = [profile['emailAddress'], email].filter(
    (one): one is string => typeof one === 'string' && one.includes('@'),
  );
  return {
    vendor: 'google',
    subject: id,
    tenant: null,
    email: addresses[0] ?? null,
    displayName: typeof name === 'string' ? name : null,
    addresses: [...new Set(addresses.map((address) => address.toLowerCase()))],
  };
}
