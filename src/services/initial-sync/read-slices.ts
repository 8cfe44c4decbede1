import { SingleFlight } from '../../lib/single-flight.ts';
import type { BackfillWork } from './backfill-work.ts';
import { takeFirstLook } from './first-look.ts';
import { readSlice } from './read-slice.ts';
import { takeWatermark } from './take-watermark.ts';

/** Outlook serves four requests per app and mailbox at once; more are throttled. */
const lanes = 4;

/**
 * Reads all slices, four side by side, the newest first. Each folder's watermark is taken before its
 * first page. The first failure ends all lanes and is thrown when they have stopped.
 */
export async function readSlices(
  work: BackfillWork,
  stop: (cause: unknown) => void,
): Promise<void> {
  await takeFirstLook(work);
  const waiting = [...work.checkpoint.slices];
  const watermarks = new SingleFlight<void>();
  const marked = (folderId: string): boolean =>
    work.checkpoint.folders.some((folder) => folder.id === folderId && folder.watermarked);
  const lane = async (): Promise<void> => {
    for (let slice = waiting.shift(); slice; slice = waiting.shift()) {
      const { folderId } = slice;
      if (!marked(folderId)) await watermarks.run(folderId, () => takeWatermark(work, folderId));
      await readSlice(work, slice);
    }
  };
  let failed: { readonly cause: unknown } | null = null;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      try {
        await lane();
      } catch (cause) {
        failed ??= { cause };
        stop(cause);
      }
    }),
  );
  if (failed) throw (failed as { cause: unknown }).cause;
}
