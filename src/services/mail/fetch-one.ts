import { sleep } from '../../lib/sleep.ts';
import type { MailMessage, MailProvider } from '../../providers/contract.ts';
import { type FailureCode, ProviderError } from '../../providers/errors.ts';
import type { FailedItem } from '../sync/run-handler.ts';

/** Failures that one poisonous message and a broken provider have in common. */
const ambiguous: readonly FailureCode[] = [
  'PROVIDER_UNAVAILABLE',
  'PROVIDER_TIMEOUT',
  'PROVIDER_PROTOCOL',
];

/** Waits between tries, milliseconds. */
const waits = [250, 1000];

export function isAmbiguous(error: unknown): error is ProviderError {
  return error instanceof ProviderError && ambiguous.includes(error.failure);
}

/** Calls again twice when the failure may pass by itself; the last failure is thrown. */
export async function withRetries<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (const wait of waits) {
    try {
      return await call();
    } catch (error) {
      if (!isAmbiguous(error)) throw error;
      await sleep(wait, signal);
    }
  }
  return call();
}

/** A mailbox, and how to see whether it works apart from the message in question. */
export interface ProbedMailbox {
  readonly mailbox: MailProvider;
  readonly signal: AbortSignal;
  /** A question that no single message can spoil. */
  readonly probe: () => Promise<unknown>;
}

/** True when the provider answers the probe. */
export async function answers({ probe }: Pick<ProbedMailbox, 'probe'>): Promise<boolean> {
  try {
    await probe();
    return true;
  } catch (error) {
    if (isAmbiguous(error)) return false;
    throw error;
  }
}

export type FetchedMessage =
  | { readonly kind: 'message'; readonly message: MailMessage }
  | { readonly kind: 'poison'; readonly item: FailedItem }
  /** Deleted since it was listed. */
  | { readonly kind: 'gone' };

/**
 * Fetches one message by itself. One that fails again and again while the provider answers otherwise
 * is poison; when the provider does not answer at all, its failure is thrown.
 */
export async function fetchOne(source: ProbedMailbox, id: string): Promise<FetchedMessage> {
  try {
    const message = await withRetries(() => source.mailbox.getMessage(id), source.signal);
    return { kind: 'message', message };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.failure === 'NOT_FOUND') return { kind: 'gone' };
    const poison =
      error.failure === 'ITEM_INVALID' || (isAmbiguous(error) && (await answers(source)));
    if (!poison) throw error;
    return {
      kind: 'poison',
      item: { itemKey: id, code: error.failure, message: error.message },
    };
  }
}
