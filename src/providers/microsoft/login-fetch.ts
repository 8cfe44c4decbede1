import type { CustomFetch } from 'openid-client';
import type { Clock } from '../../lib/clock.ts';
import { retryAfterSeconds } from '../../lib/retry-after.ts';
import { ProviderError } from '../errors.ts';
import { type ExchangeLimits, exchange } from '../exchange.ts';
import { parseStrictJson } from '../strict-json.ts';
import { microsoftError } from './errors.ts';

export const loginOrigin = 'https://login.microsoftonline.com';

/** A token answer is a few kilobytes and comes within a second; a member or a worker is waiting. */
const limits: ExchangeLimits = {
  answerSeconds: 8,
  stallSeconds: 4,
  leastBytesPerSecond: 50_000,
  mostBytes: 200_000,
};

/**
 * The transport under openid-client. The library believes it talks to Entra's own origin, which is
 * what makes it accept Entra's issuer template; the configured origin is called instead, and stands
 * in metadata answers as Entra's own.
 */
export function loginFetch(configuredOrigin: string, clock: Clock): CustomFetch {
  return async (address, options) => {
    const asked = new URL(address);
    if (asked.origin !== loginOrigin) {
      throw new ProviderError('UNSAFE_URL', `The sign-in metadata points to ${asked.origin}.`);
    }
    const url = new URL(`${asked.pathname}${asked.search}`, configuredOrigin);
    const answer = await exchange(
      url,
      {
        method: options.method,
        headers: new Headers(options.headers),
        ...(options.body == null ? {} : { body: String(options.body) }),
      },
      limits,
    );
    if (answer.status >= 500 || answer.status === 429) {
      const wait = retryAfterSeconds(answer.headers.get('retry-after'), clock());
      throw microsoftError('Entra', {
        status: answer.status,
        codes: [],
        requestId: answer.headers.get('x-ms-request-id') ?? undefined,
        retryAfterSeconds: wait ?? undefined,
      });
    }
    let body: unknown;
    try {
      body = parseStrictJson(answer.text);
    } catch (cause) {
      throw new ProviderError(
        'PROVIDER_PROTOCOL',
        `Microsoft Entra answered ${answer.status} without usable JSON; nothing of it was used.`,
        { status: answer.status, cause },
      );
    }
    return new Response(JSON.stringify(withEntraEndpoints(body, configuredOrigin)), {
      status: answer.status,
      headers: answer.headers,
    });
  };
}

/** The issuer stays as it is: the id token is checked against it. */
function withEntraEndpoints(body: unknown, configuredOrigin: string): unknown {
  if (typeof body !== 'object' || body === null || !('token_endpoint' in body)) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      typeof value === 'string' && name !== 'issuer' && value.startsWith(`${configuredOrigin}/`)
        ? loginOrigin + value.slice(configuredOrigin.length)
        : value,
    ]),
  );
}
