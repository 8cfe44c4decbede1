import type { MessagePage } from '../../providers/contract.ts';
import { ProviderError } from '../../providers/errors.ts';
import { fetchMessages } from '../mail/fetch-messages.ts';
import { markDeleted } from '../mail/mark-deleted.ts';
import { sliceWindow } from './backfill-checkpoint.ts';
import type { BackfillWork } from './backfill-work.ts';
import { pageSize } from './read-slice.ts';
import { storeMessages } from './store-messages.ts';

/**
 * Stores the newest messages of a large first folder at once, because its watermark takes a while (20
 * requests for 20,000 messages) and people watch. They count as not read yet: their page is read again
 * after the watermark, like every other. A page that cannot be had now is left to that reading.
 */
export async function takeFirstLook(work: BackfillWork): Promise<void> {
  const { slices, folders, firstLook } = work.checkpoint;
  const [first, second] = slices;
  if (firstLook !== null || !first || first.folderId !== second?.folderId) return;
  if (folders.some(({ id, watermarked }) => id === first.folderId && watermarked)) return;
  const { folderId } = first;
  let page: MessagePage;
  try {
    const window = sliceWindow(first);
    page = await work.mailbox.pageMessages({ folderId, window, cursor: null, pageSize });
  } catch (error) {
    if (error instanceof ProviderError && error.failure !== 'NEEDS_REAUTH') return;
    throw error;
  }
  const ids = page.messages.map(({ id }) => id);
  await storeMessages(work, {
    messages: page.messages,
    setAside: [],
    phase: 'reading',
    checkpoint: (latest) => ({ ...latest, firstLook: { folderId, ids } }),
  });
}

/**
 * Looks after the messages of the first look that the comparison did not find in their folder: they
 * left it before the watermark, so following it will never tell.
 */
export async function settleFirstLook(work: BackfillWork): Promise<void> {
  const { firstLook, folders } = work.checkpoint;
  if (firstLook === null || firstLook.ids.length === 0) return;
  const fetched = await fetchMessages(work.probed(firstLook.folderId), firstLook.ids);
  const takesPart = new Set(folders.map(({ id }) => id));
  const here = fetched.messages.filter(({ folderId }) => takesPart.has(folderId));
  const away = fetched.messages.filter(({ folderId }) => !takesPart.has(folderId));
  await storeMessages(work, {
    messages: here,
    setAside: fetched.setAside,
    phase: 'repairing',
    checkpoint: (latest) => latest,
  });
  const gone = [...fetched.gone, ...away.map(({ id }) => id)];
  await work.commit(async () => ({
    step: {
      processed: 0,
      phase: 'repairing',
      checkpoint: (latest) => ({ ...latest, firstLook: { ...firstLook, ids: [] } }),
    },
    write: async (tx) => void (await markDeleted(tx, work.owner, gone)),
  }));
}
