import type { MailProviderKey } from './mail-provider-key.ts';

/**
 * What the providers' limits allow a mailbox, messages a minute. Outlook: 10,000 requests in 10
 * minutes, 50 messages each. Gmail: 6,000 units a minute, 20 for a message.
 */
const quotaPerMinute = {
  outlook: 50_000,
  gmail: 300,
} as const satisfies Record<MailProviderKey, number>;

/** Before anything was measured: four Outlook pages of 50 at a time, half a second each. */
const assumedPerMinute = {
  outlook: 24_000,
  gmail: 300,
} as const satisfies Record<MailProviderKey, number>;

export interface Estimate {
  readonly messagesPerMinute: number;
  /** Where the speed comes from: the provider's limit bounds what was measured before. */
  readonly basis: 'measured' | 'assumed';
  readonly seconds: number;
}

/**
 * How long reading so many messages will take.
 * @param measured messages a minute of earlier syncs; null when there were none
 */
export function estimate(
  provider: MailProviderKey,
  messages: number,
  measured: number | null,
): Estimate {
  const speed = Math.min(quotaPerMinute[provider], measured ?? assumedPerMinute[provider]);
  return {
    messagesPerMinute: Math.round(speed),
    basis: measured === null ? 'assumed' : 'measured',
    seconds: Math.ceil((messages / speed) * 60),
  };
}
