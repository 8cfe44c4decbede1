import { LRUCache } from 'lru-cache';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../log.ts';
import { AccountGate } from '../account-gate.ts';
import type { MailProviderFactory, OpenMailOptions } from '../contract.ts';
import type { ExchangeLimits } from '../exchange.ts';
import { providerOrigin } from '../provider-origin.ts';
import { GraphClient } from './graph-client.ts';
import { graphOrigin } from './graph-link.ts';
import { MicrosoftMail } from './mail.ts';

export interface MicrosoftMailOptions {
  /** Origin to call instead of graph.microsoft.com. */
  readonly graphUrl: string | null;
  readonly clock: Clock;
  readonly log: Logger;
  /** In [0, 1); parts callers that would return from a wait together. */
  readonly random?: () => number;
  readonly limits?: Partial<ExchangeLimits>;
}

/** Outlook: 4 concurrent requests per app and mailbox (Graph's throttling limits). */
const concurrency = 4;

/** A page of 50 messages is far below this even with large bodies; it bounds a worker's memory. */
const defaultLimits: ExchangeLimits = {
  answerSeconds: 60,
  stallSeconds: 15,
  leastBytesPerSecond: 2_000,
  mostBytes: 64_000_000,
};

/** Opens Outlook mailboxes; holds one gate per account for the whole process. */
export class MicrosoftMailFactory implements MailProviderFactory {
  readonly vendor = 'microsoft';
  readonly #options: MicrosoftMailOptions;
  readonly #origin: string;
  readonly #gates = new LRUCache<string, AccountGate>({ max: 10_000 });

  constructor(options: MicrosoftMailOptions) {
    this.#options = options;
    this.#origin = providerOrigin(options.graphUrl, graphOrigin);
  }

  open(options: OpenMailOptions): MicrosoftMail {
    const { clock, log, random = Math.random, limits } = this.#options;
    const graph = new GraphClient({
      origin: this.#origin,
      limits: { ...defaultLimits, ...limits },
      clock,
      random,
      log,
      gate: this.#gate(options.accountKey),
      pass: {
        signal: options.signal,
        onWait: options.onWait,
        longestWaitSeconds: options.longestWaitSeconds ?? 60,
      },
      token: options.token,
      onUnauthorized: options.onUnauthorized,
    });
    return new MicrosoftMail(graph, clock);
  }

  #gate(accountKey: string): AccountGate {
    const known = this.#gates.get(accountKey);
    if (known) return known;
    const gate = new AccountGate(concurrency, this.#options.clock);
    this.#gates.set(accountKey, gate);
    return gate;
  }
}
