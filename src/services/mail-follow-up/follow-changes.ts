import type { ChangePage } from '../../providers/contract.ts';
import { ProviderError } from '../../providers/errors.ts';
import { withRetries } from '../mail/fetch-one.ts';
import { findPresent } from './find-present.ts';
import { type ChangesTask, changesTask, readTask } from './follow-up-checkpoint.ts';
import type { FollowUpWork } from './follow-up-work.ts';
import { moveWatermark } from './move-watermark.ts';
import { readFolders } from './read-folders.ts';
import { refreshMessages } from './store-fresh.ts';

/**
 * Stores one page of a folder's changes together with the way on: the next page, or the new
 * watermark. A forgotten watermark turns the task into reading the folder as a whole.
 */
export async function followChanges(work: FollowUpWork, task: ChangesTask): Promise<void> {
  const { owner, mailbox, signal, clock } = work.parts;
  const { organizationId, connectionId } = owner;
  const folders = await work.read((tx) => readFolders(tx, organizationId, connectionId));
  const folder = folders.find(({ id }) => id === task.folderId);
  const from = task.cursor ?? folder?.watermark ?? null;
  if (from === null) return replace(work, readTask(task.folderId, null));
  const begunAt = task.begunAt ?? clock().toISOString();
  let page: ChangePage;
  try {
    page = await withRetries(() => mailbox.changesSince(from), signal);
  } catch (error) {
    if (!(error instanceof ProviderError && error.failure === 'CURSOR_EXPIRED')) throw error;
    const again = task.cursor !== null && !task.restarted;
    if (again) return replace(work, { ...changesTask(task.folderId), restarted: true });
    return replace(work, readTask(task.folderId, folder?.takenAt ?? null));
  }
  const { next, watermark } = page;
  const removed = await work.read((tx) => findPresent(tx, owner, page.removed));
  const ids = [...new Set([...page.changed, ...removed])];
  await refreshMessages(work, ids, {
    step: (failed) => ({
      task: watermark === null ? { ...task, cursor: next, begunAt } : null,
      processed: ids.length,
      failed,
      phase: 'following',
    }),
    write: async (tx) => {
      if (watermark === null) return;
      const moved = { value: watermark, takenAt: new Date(begunAt) };
      await moveWatermark(tx, owner, task.folderId, moved);
    },
  });
}

function replace(work: FollowUpWork, task: Parameters<FollowUpWork['commit']>[0]['task']) {
  return work.commit({ task, processed: 0, phase: 'following' }, async () => undefined);
}
