import type { MailMessage, MalformedItem, MessagePage } from '../../providers/contract.ts';
import { ProviderError } from '../../providers/errors.ts';
import { answers, fetchOne, isAmbiguous, withRetries } from '../mail/fetch-one.ts';
import type { FailedItem } from '../sync/run-handler.ts';
import { type Slice, sliceWindow, withoutCursor, withSlice } from './backfill-checkpoint.ts';
import type { BackfillWork } from './backfill-work.ts';
import { storeMessages } from './store-messages.ts';

/** Messages per page. With bodies about 1 MB a page; four are in memory at most. */
export const pageSize = 50;

/**
 * Reads one slice to its end, a page and its cursor per transaction. A page that stays unreadable
 * although the provider answers holds a poisonous message: the rest of the slice is left to the
 * audit, which fetches what is missing one by one.
 */
export async function readSlice(work: BackfillWork, slice: Slice): Promise<void> {
  let at: Slice | null = slice;
  let restarted: string | null = null;
  while (at) {
    const now: Slice = at;
    let page: MessagePage;
    try {
      page = await withRetries(() => readPage(work, now), work.signal);
    } catch (error) {
      if (isExpired(error) && now.cursor !== null && restarted !== withoutCursor(now).to) {
        at = withoutCursor(now);
        restarted = at.to;
        continue;
      }
      if (!isAmbiguous(error) || !(await answers(work.probed(now.folderId)))) throw error;
      await work.context.log(
        'skipped',
        'A page of messages cannot be read as a whole; its messages will be fetched one by one.',
        { code: error.failure },
      );
      at = null;
      await storeMessages(work, {
        messages: [],
        setAside: [],
        phase: 'reading',
        checkpoint: (latest) => withSlice(latest, now.key, null),
      });
      continue;
    }
    const rest = page.next === null ? null : advanced(now, page);
    const repaired = await repairMalformed(work, now, page.malformed);
    await storeMessages(work, {
      messages: [...page.messages, ...repaired.messages],
      setAside: repaired.setAside,
      phase: 'reading',
      checkpoint: (latest) => withSlice(latest, now.key, rest),
    });
    at = rest;
  }
}

function readPage(work: BackfillWork, slice: Slice): Promise<MessagePage> {
  return work.mailbox.pageMessages({
    folderId: slice.folderId,
    window: sliceWindow(slice),
    cursor: slice.cursor,
    pageSize,
  });
}

function advanced(slice: Slice, page: MessagePage): Slice {
  if (page.next === slice.cursor) {
    throw new ProviderError('PAGE_LOOP', 'The provider sent a page that leads to itself.');
  }
  const oldest = page.messages.at(-1)?.receivedAt.toISOString() ?? slice.oldest;
  return { ...slice, cursor: page.next, oldest };
}

function isExpired(error: unknown): boolean {
  return error instanceof ProviderError && error.failure === 'CURSOR_EXPIRED';
}

/** Fetches malformed items alone: a list sometimes garbles what a single answer does not. */
async function repairMalformed(
  work: BackfillWork,
  slice: Slice,
  malformed: readonly MalformedItem[],
): Promise<{ messages: MailMessage[]; setAside: FailedItem[] }> {
  const messages: MailMessage[] = [];
  const setAside: FailedItem[] = [];
  for (const { id, reason } of malformed) {
    if (id === null) {
      // Nothing tells such items apart, so there is one entry per slice; the audit counts them.
      setAside.push({ itemKey: `no-id:${slice.key}`, code: 'ITEM_INVALID', message: reason });
      continue;
    }
    const fetched = await fetchOne(work.probed(slice.folderId), id);
    if (fetched.kind === 'message') messages.push(fetched.message);
    if (fetched.kind === 'poison') setAside.push(fetched.item);
  }
  const byKey = new Map(setAside.map((item) => [item.itemKey, item]));
  return { messages, setAside: [...byKey.values()] };
}
