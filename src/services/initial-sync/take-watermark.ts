import { ProviderError } from '../../providers/errors.ts';
import { saveWatermark } from '../mail/save-watermark.ts';
import { type FolderProgress, withFolder } from './backfill-checkpoint.ts';
import type { BackfillWork, Step } from './backfill-work.ts';

/**
 * Stores the point from which the folder is followed later, before its pages are read. A large folder
 * takes many requests (Graph lists all its ids); each is kept, so that a later attempt goes on there.
 */
export async function takeWatermark(work: BackfillWork, folderId: string): Promise<void> {
  const begun = work.checkpoint.folders.find(({ id }) => id === folderId)?.round ?? null;
  const keep = (progress: Partial<FolderProgress>): Step => ({
    processed: 0,
    phase: 'reading',
    checkpoint: (latest) => withFolder(latest, folderId, progress),
  });
  const take = (from: typeof begun) =>
    work.mailbox.takeWatermark(folderId, {
      from: from && { cursor: from.cursor, takenAt: new Date(from.takenAt) },
      onRound: ({ cursor, takenAt }) =>
        work.commit(async () => ({
          step: keep({ round: { cursor, takenAt: takenAt.toISOString() } }),
          write: async () => undefined,
        })),
    });
  const watermark = await take(begun).catch((error) => {
    const lost = error instanceof ProviderError && error.failure === 'CURSOR_EXPIRED';
    if (begun === null || !lost) throw error;
    return take(null);
  });
  await work.commit(async () => ({
    step: keep({ watermarked: true, round: null }),
    write: (tx) => saveWatermark(tx, work.owner, folderId, watermark),
  }));
}
