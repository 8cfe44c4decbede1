import { sleep } from '../../lib/sleep.ts';
import type { MailMessage, MailProvider, MailWindow } from '../../providers/contract.ts';
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

/** Where to look whether the provider works apart from the message in question. */
export interface LivenessProbe {
  readonly mailbox: MailProvider;
  readonly folderId: string;
  readonly window: MailWindow;
  readonly signal: AbortSignal;
}

/** True when the folder answers a question that no single message can spoil. */
export async function answers({ mailbox, folderId, window }: LivenessProbe): Promise<boolean> {
  try {
    await mailbox.countMessages(folderId, window);
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
export async function fetchOne(probe: LivenessProbe, id: string): Promise<FetchedMessage> {
  try {
    const message = await withRetries(() => probe.mailbox.getMessage(id), probe.signal);
    return { kind: 'message', message };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.failure === 'NOT_FOUND') return { kind: 'gone' };
    const poison =
      error.failure === 'ITEM_INVALID' || (isAmbiguous(error) && (await answers(probe)));
    if (!poison) throw error;
    return {
      kind: 'poison',
      item: { itemKey: id, code: error.failure, message: error.message },
    };
  }
}
