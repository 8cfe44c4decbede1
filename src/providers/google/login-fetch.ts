import type { CustomFetch } from 'openid-client';
import type { Clock } from '../../lib/clock.ts';
import { ProviderError } from '../errors.ts';
import { type Answer, type ExchangeLimits, exchange } from '../exchange.ts';
import { parseStrictJson } from '../strict-json.ts';
import { googleError, readFault } from './errors.ts';
import { googleOrigins } from './google-origins.ts';

/** A token answer is a few kilobytes and comes within a second; a member or a worker is waiting. */
const limits: ExchangeLimits = {
  answerSeconds: 8,
  stallSeconds: 4,
  leastBytesPerSecond: 50_000,
  mostBytes: 200_000,
};

/**
 * The transport under openid-client: calls the configured origin in place of Google's token origin,
 * once, without the repetitions that would redeem a code twice.
 */
export function loginFetch(tokenOrigin: string, clock: Clock): CustomFetch {
  return async (address, options) => {
    const asked = new URL(address);
    if (asked.origin !== googleOrigins.token) {
      throw new ProviderError('UNSAFE_URL', `A sign-in call was meant for ${asked.origin}.`);
    }
    const answer = await exchange(
      new URL(`${asked.pathname}${asked.search}`, tokenOrigin),
      {
        method: options.method,
        headers: new Headers(options.headers),
        ...(options.body == null ? {} : { body: String(options.body) }),
      },
      limits,
    );
    if (answer.status >= 500 || answer.status === 429) {
      throw googleError('Google', readFault(answer, clock()));
    }
    return new Response(checkedJson(answer), { status: answer.status, headers: answer.headers });
  };
}

function checkedJson({ status, text }: Answer): string {
  try {
    return JSON.stringify(parseStrictJson(text));
  } catch (cause) {
    throw new ProviderError(
      'PROVIDER_PROTOCOL',
      `Google's sign-in answered ${status} without usable JSON; nothing of it was used.`,
      { status, cause },
    );
  }
}
