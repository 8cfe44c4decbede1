import type { AccountIdentity } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import type { GraphClient } from './graph-client.ts';

/**
 * The signed-in account as Graph knows it. `subject` is the object id alone: `/me` does not tell the
 * tenant. The connection is bound by the id token's `tid` and `oid` instead, see `sign-in.ts`.
 */
export async function readIdentity(graph: GraphClient): Promise<AccountIdentity> {
  const me = await graph.get('/me?$select=id,displayName,mail,userPrincipalName');
  const { id, displayName, mail, userPrincipalName } = me;
  if (typeof id !== 'string' || id === '') {
    throw new ProviderError('PROVIDER_PROTOCOL', 'Microsoft Graph sent an account without id.');
  }
  const addresses = [mail, userPrincipalName].filter(
    (one): one is string => typeof one === 'string' && one.includes('@'),
  );
  return {
    vendor: 'microsoft',
    subject: id,
    tenant: null,
    email: addresses[0] ?? null,
    displayName: typeof displayName === 'string' ? displayName : null,
    addresses: [...new Set(addresses.map((address) => address.toLowerCase()))],
  };
}
