import { ProviderError } from '../errors.ts';

/** Where the client library believes it is talking to, and where real answers' links point. */
export const graphOrigin = 'https://graph.microsoft.com';

/**
 * The address that a link of an answer stands for, on the origin that is really called. A link may
 * carry Graph's own origin or the configured one; anything else (another host, http, a user name
 * before the host) would send the member's token elsewhere.
 * @param link as the provider sent it, or a path of our own
 * @throws ProviderError UNSAFE_URL
 */
export function graphAddress(link: string, configuredOrigin: string): URL {
  const url = URL.canParse(link, `${graphOrigin}/`) ? new URL(link, `${graphOrigin}/`) : null;
  const trusted = url !== null && (url.origin === graphOrigin || url.origin === configuredOrigin);
  if (!trusted || url.username !== '' || url.password !== '') {
    throw new ProviderError(
      'UNSAFE_URL',
      `Microsoft Graph's answer points to ${url ? url.origin : 'an unreadable address'}, which is not Graph. It was not called.`,
    );
  }
  return new URL(`${url.pathname}${url.search}`, configuredOrigin);
}
