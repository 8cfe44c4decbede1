import { describe, expect, it } from 'vitest';
import { GmailQuotas } from '../../../src/providers/google/gmail-quotas.ts';
import { gmailQuotas } from '../../../src/providers/google/quota.ts';

/** Milliseconds until one more batch of 50 is let through, at most 100. */
async function waits(quotas: GmailQuotas, account: string): Promise<boolean> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error('it waits')), 100);
  try {
    for (const ticket of await quotas.reserve(account, 'messages.get', 50, stop.signal)) {
      ticket.giveBack();
    }
    return false;
  } catch {
    return true;
  } finally {
    clearTimeout(timer);
  }
}

async function spend(quotas: GmailQuotas, account: string, messages: number): Promise<void> {
  for (const ticket of await quotas.reserve(account, 'messages.get', messages, undefined)) {
    ticket.sent();
  }
}

describe('Gmail’s quotas', () => {
  it('hold per account from the start with the published figures', async () => {
    const quotas = new GmailQuotas(gmailQuotas.since2026);
    await spend(quotas, 'ana', 50);
    expect(await waits(quotas, 'ana')).toBe(true);
    expect(await waits(quotas, 'ben')).toBe(false);
  });

  it('hold for the project too', async () => {
    const quotas = new GmailQuotas({ ...gmailQuotas.since2026, unitsPerProjectMinute: 6_000 });
    await spend(quotas, 'ana', 50);
    expect(await waits(quotas, 'ben')).toBe(true);
  });

  it.each([
    ['"since2026";q=6000;w=60', true],
    ['"before2026";q=15000;w=60', false],
    ['"something";q=6000;w=60', true],
    ['"since2026";q=0;w=60', false],
    ['"since2026";q=6000;w=1', false],
    ['nonsense', false],
    [null, false],
  ])('are learnt from %s', async (policy, isHeld) => {
    const quotas = new GmailQuotas(null);
    quotas.learn(policy);
    await spend(quotas, 'ana', 50);
    expect(await waits(quotas, 'ana')).toBe(isHeld);
  });

  it('learnt late count what was sent before', async () => {
    const quotas = new GmailQuotas(null);
    await spend(quotas, 'ana', 250);
    quotas.learn('"since2026";q=6000;w=60');
    expect(await waits(quotas, 'ana')).toBe(true);
  });
});
