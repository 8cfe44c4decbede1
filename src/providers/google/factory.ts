import { LRUCache } from 'lru-cache';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../log.ts';
import { AccountGate } from '../account-gate.ts';
import type { MailProviderFactory, OpenMailOptions } from '../contract.ts';
import type { ExchangeLimits } from '../exchange.ts';
import { providerOrigin } from '../provider-origin.ts';
import { fetchMessages } from './fetch-messages.ts';
import { GmailClient } from './gmail-client.ts';
import { GmailQuotas } from './gmail-quotas.ts';
import { googleOrigins } from './google-origins.ts';
import { GoogleMail } from './mail.ts';
import { type GmailQuota, gmailQuotas } from './quota.ts';
import { GoogleTransport } from './transport.ts';

export interface GoogleMailOptions {
  /** Origin to call instead of gmail.googleapis.com and www.googleapis.com. */
  readonly apiUrl: string | null;
  readonly clock: Clock;
  readonly log: Logger;
  /** In [0, 1); parts callers that would return from a wait together. */
  readonly random?: () => number;
  readonly limits?: Partial<ExchangeLimits>;
  /**
   * By default that of projects begun since May 2026, the smaller one; at an address of one's own, the
   * one it announces.
   */
  readonly quota?: GmailQuota;
}

/** Gmail names no number; more at once brings "Too many concurrent requests for user". */
const concurrency = 4;

/** A batch of 50 messages without attachments is far below this; it bounds a worker's memory. */
const defaultLimits: ExchangeLimits = {
  answerSeconds: 60,
  stallSeconds: 15,
  leastBytesPerSecond: 2_000,
  mostBytes: 64_000_000,
};

/** Opens Gmail mailboxes; holds one gate per account, and the quotas, for the whole process. */
export class GoogleMailFactory implements MailProviderFactory {
  readonly vendor = 'google';
  readonly #options: GoogleMailOptions;
  readonly #origin: string | null;
  readonly #quotas: GmailQuotas;
  readonly #gates = new LRUCache<string, AccountGate>({ max: 10_000 });

  constructor(options: GoogleMailOptions) {
    this.#options = options;
    const { apiUrl } = options;
    this.#origin = apiUrl === null ? null : providerOrigin(apiUrl, googleOrigins.api);
    const published = this.#origin === null ? gmailQuotas.since2026 : null;
    this.#quotas = new GmailQuotas(options.quota ?? published);
  }

  open(options: OpenMailOptions): GoogleMail {
    const { clock, log, random = Math.random, limits } = this.#options;
    const transport = new GoogleTransport({
      limits: { ...defaultLimits, ...limits },
      clock,
      random,
      log,
      gate: this.#gate(options.accountKey),
      quotas: this.#quotas,
      accountKey: options.accountKey,
      pass: {
        signal: options.signal,
        onWait: options.onWait,
        longestWaitSeconds: options.longestWaitSeconds ?? 60,
      },
      token: options.token,
      onUnauthorized: options.onUnauthorized,
    });
    const origin = this.#origin;
    return new GoogleMail({
      gmail: new GmailClient(transport, origin),
      fetchMessages: (ids) => fetchMessages({ transport, origin, now: clock }, ids),
      clock,
    });
  }

  #gate(accountKey: string): AccountGate {
    const known = this.#gates.get(accountKey);
    if (known) return known;
    const gate = new AccountGate(concurrency, this.#options.clock);
    this.#gates.set(accountKey, gate);
    return gate;
  }
}
