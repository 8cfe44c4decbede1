import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../log.ts';
import type { AccountGate, GatePass } from '../account-gate.ts';
import type { TokenSource } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { type Answer, type ExchangeLimits, exchange } from '../exchange.ts';
import {
  type GoogleFault,
  googleError,
  googleFailure,
  isDailyLimit,
  isPreconditionFailed,
  isScopeMissing,
  readFault,
} from './errors.ts';
import type { GmailQuotas } from './gmail-quotas.ts';
import type { GmailCall } from './quota.ts';

export interface GoogleTransportOptions {
  readonly limits: ExchangeLimits;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly gate: AccountGate;
  readonly quotas: GmailQuotas;
  /** Whose quota is used up. */
  readonly accountKey: string;
  readonly pass: GatePass;
  readonly token: TokenSource;
  readonly onUnauthorized: ((reason: string) => Promise<void>) | undefined;
}

export interface GoogleCall {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What it costs quota for, and how often; null: nothing. */
  readonly cost: { readonly call: GmailCall; readonly count: number } | null;
  /** Whether an answer with status 200 refuses the token all the same, as a batch's parts may. */
  readonly isRefused?: (answer: Answer) => boolean;
}

const mostThrottled = 6;

/**
 * Sends requests to Google: the only code that puts a token on the wire. It keeps to the quota, waits
 * when told to, renews a refused token once, and tries a failed precondition once more; every other
 * failure is thrown.
 */
export class GoogleTransport {
  readonly #options: GoogleTransportOptions;

  constructor(options: GoogleTransportOptions) {
    this.#options = options;
  }

  /** @throws ProviderError for every answer that is not a success */
  async send(call: GoogleCall): Promise<Answer> {
    const { token, clock } = this.#options;
    let rejected: string | undefined;
    let hitched = false;
    for (let throttles = 0; ; ) {
      const bearer = await token(rejected === undefined ? undefined : { rejected });
      const answer = await this.#once(call, bearer, throttles);
      const refused = answer.status < 300 && call.isRefused?.(answer) === true;
      if (answer.status < 300 && !refused) return answer;
      if (answer.status >= 300 && answer.status < 400) throw redirected(answer);
      const fault = refused ? { status: 401, reasons: ['authError'] } : readFault(answer, clock());
      if (isThrottle(fault)) {
        throttles += 1;
        if (throttles === mostThrottled || isDailyLimit(fault)) throw googleError('Google', fault);
      } else if (fault.status === 401) {
        if (rejected !== undefined) throw await this.refused(fault);
        rejected = bearer;
      } else if (isScopeMissing(fault)) {
        throw await this.refused(fault);
      } else if (isPreconditionFailed(fault) && !hitched) {
        hitched = true;
      } else {
        throw googleError('Google', fault);
      }
    }
  }

  /** Closes the account's gate as the fault asks; without a time 2, 4, 8 … s. */
  slowDown(fault: GoogleFault, throttles: number): void {
    const { gate, random, log } = this.#options;
    const told = fault.retryAfterSeconds ?? (isDailyLimit(fault) ? 3600 : undefined);
    const seconds = told ?? 2 ** (throttles + 1);
    // Never less than told, a little more, so that callers part.
    gate.pause(seconds + random() * Math.min(1, seconds * 0.1));
    log.warn({ status: fault.status, reasons: fault.reasons, seconds }, 'Google asked to wait');
  }

  /** Reports that the consent no longer carries the call. */
  async refused(fault: GoogleFault): Promise<ProviderError> {
    const error = googleError('Google', fault);
    const reason = isScopeMissing(fault)
      ? `${error.message} A permission is missing.`
      : error.message;
    await this.#options.onUnauthorized?.(reason);
    return error;
  }

  /** One request, within quota and behind the gate; closes the gate before the next may start. */
  async #once(call: GoogleCall, bearer: string, throttles: number): Promise<Answer> {
    const { gate, pass, limits, clock, log, quotas, accountKey } = this.#options;
    const { url, method, body, cost } = call;
    const headers = new Headers(call.headers);
    headers.set('authorization', `Bearer ${bearer}`);
    const tickets = cost
      ? await quotas.reserve(accountKey, cost.call, cost.count, pass.signal)
      : [];
    let sent = false;
    try {
      return await gate.run(async () => {
        sent = true;
        for (const ticket of tickets) ticket.sent();
        const started = performance.now();
        const request = { method, headers, signal: pass.signal };
        const answer = await exchange(
          url,
          body === undefined ? request : { ...request, body },
          limits,
        );
        const milliseconds = Math.round(performance.now() - started);
        log.debug(
          { path: url.pathname, status: answer.status, ...cost, milliseconds },
          'Google answered',
        );
        quotas.learn(answer.headers.get('ratelimit-policy'));
        if (answer.status >= 400) {
          const fault = readFault(answer, clock());
          if (isThrottle(fault)) this.slowDown(fault, throttles);
        }
        return answer;
      }, pass);
    } finally {
      if (!sent) for (const ticket of tickets) ticket.giveBack();
    }
  }
}

/** 503 counts only when it names a wait; a bare 503 is an outage and belongs to the caller's policy. */
export function isThrottle(fault: GoogleFault): boolean {
  if (fault.status === 503) return fault.retryAfterSeconds !== undefined;
  return googleFailure(fault) === 'RATE_LIMITED';
}

/** Gmail never redirects; whoever does is not Gmail and gets no token. */
function redirected({ status, headers }: Answer): ProviderError {
  const to = headers.get('location') ?? '';
  const where = URL.canParse(to) ? new URL(to).origin : 'another address';
  return new ProviderError(
    'UNSAFE_URL',
    `Google's answer (status ${status}) points to ${where}; it was not followed.`,
    { status },
  );
}
