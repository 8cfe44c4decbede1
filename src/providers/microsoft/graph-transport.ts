import { randomUUID } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { retryAfterSeconds } from '../../lib/retry-after.ts';
import type { Logger } from '../../log.ts';
import type { AccountGate, GatePass } from '../account-gate.ts';
import type { TokenSource } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { type Answer, type ExchangeLimits, exchange } from '../exchange.ts';
import { microsoftError } from './errors.ts';
import { graphAddress } from './graph-link.ts';

export interface GraphTransportOptions {
  /** Origin that is called in place of Graph's own. */
  readonly origin: string;
  readonly limits: ExchangeLimits;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly gate: AccountGate;
  readonly pass: GatePass;
  readonly token: TokenSource;
  readonly onUnauthorized: ((reason: string) => Promise<void>) | undefined;
}

const mostThrottled = 6;
const mostRedirects = 5;

/**
 * Sends GET requests to Graph: the only code that puts a token on the wire. It waits when told to,
 * renews a refused token once, follows redirects within Graph; every other outcome goes back.
 */
export class GraphTransport {
  readonly #options: GraphTransportOptions;

  constructor(options: GraphTransportOptions) {
    this.#options = options;
  }

  /** @throws ProviderError; the answer that comes back may still have an error status */
  async get(link: string, headers: Headers): Promise<Answer> {
    const { origin, token } = this.#options;
    let url = graphAddress(link, origin);
    let rejected: string | undefined;
    let redirects = 0;
    for (let throttles = 0; throttles < mostThrottled; ) {
      const bearer = await token(rejected === undefined ? undefined : { rejected });
      const answer = await this.#once(url, headers, bearer, throttles);
      const location = redirectTarget(answer);
      if (isThrottle(answer)) {
        throttles += 1;
        if (throttles === mostThrottled) throw this.#fault(answer);
      } else if (answer.status === 401) {
        if (rejected !== undefined || needsClaims(answer)) throw await this.#refused(answer);
        rejected = bearer;
      } else if (location !== null) {
        redirects += 1;
        if (redirects > mostRedirects) {
          throw new ProviderError(
            'PAGE_LOOP',
            `Microsoft Graph redirected ${redirects} times in a row.`,
          );
        }
        url = graphAddress(new URL(location, url).href, origin);
      } else {
        return answer;
      }
    }
    throw new ProviderError('RATE_LIMITED', 'Microsoft Graph kept asking to wait.');
  }

  /** One call behind the gate; closes the gate before the next call may start. */
  #once(url: URL, base: Headers, bearer: string, throttles: number): Promise<Answer> {
    const { gate, pass, limits, clock, random, log } = this.#options;
    return gate.run(async () => {
      const headers = new Headers(base);
      const clientRequestId = randomUUID();
      headers.set('authorization', `Bearer ${bearer}`);
      headers.set('client-request-id', clientRequestId);
      const started = performance.now();
      const answer = await exchange(url, { method: 'GET', headers, signal: pass.signal }, limits);
      const requestId = answer.headers.get('request-id');
      log.debug(
        {
          path: url.pathname,
          status: answer.status,
          clientRequestId,
          requestId,
          milliseconds: Math.round(performance.now() - started),
        },
        'Graph answered',
      );
      if (isThrottle(answer)) {
        const told = retryAfterSeconds(answer.headers.get('retry-after'), clock());
        // Without Retry-After: 2, 4, 8 … s. With it: never less, a little more, so that callers part.
        const seconds = told ?? 2 ** (throttles + 1);
        gate.pause(seconds + random() * Math.min(1, seconds * 0.1));
        log.warn({ status: answer.status, seconds, requestId }, 'Graph asked to wait');
      }
      return answer;
    }, pass);
  }

  #fault(answer: Answer): ProviderError {
    const { clock } = this.#options;
    const wait = retryAfterSeconds(answer.headers.get('retry-after'), clock());
    return microsoftError('Graph', {
      status: answer.status,
      codes: [],
      requestId: answer.headers.get('request-id') ?? undefined,
      retryAfterSeconds: wait ?? undefined,
    });
  }

  async #refused(answer: Answer): Promise<ProviderError> {
    const error = this.#fault(answer);
    await this.#options.onUnauthorized?.(error.message);
    return error;
  }
}

/** 503 counts only when it names a wait; a bare 503 is an outage and belongs to the caller's policy. */
function isThrottle({ status, headers }: Answer): boolean {
  return status === 429 || status === 509 || (status === 503 && headers.has('retry-after'));
}

/** Continuous access evaluation: a plain refresh will not help, the member has to sign in. */
function needsClaims({ headers }: Answer): boolean {
  return /\bclaims=/.test(headers.get('www-authenticate') ?? '');
}

function redirectTarget({ status, headers }: Answer): string | null {
  return [301, 302, 303, 307, 308].includes(status) ? headers.get('location') : null;
}
