import type { MessagePage } from '../../providers/contract.ts';
import { fetchMessages } from '../mail/fetch-messages.ts';
import { answers, isAmbiguous, withRetries } from '../mail/fetch-one.ts';
import { findMissing } from '../mail/find-missing.ts';
import { findUnlisted } from './find-present.ts';
import type { ReadTask } from './follow-up-checkpoint.ts';
import type { FollowUpWork } from './follow-up-work.ts';
import { moveWatermark } from './move-watermark.ts';
import { refreshMessages, storeFresh } from './store-fresh.ts';

const pageSize = 50;

/**
 * One step of reading a folder as a whole: its watermark first, then its pages, which write only what
 * is new or changed, then the ids on both sides: what is missing here is fetched, what is missing
 * there is asked for by itself before it counts as deleted. That closes a gap exactly, however long it
 * was and whatever happened in it.
 */
export async function readFolder(work: FollowUpWork, task: ReadTask): Promise<void> {
  if (task.watermark === null) return takeWatermark(work, task);
  return task.paged ? compareIds(work, task, task.watermark) : readPage(work, task);
}

async function takeWatermark(work: FollowUpWork, task: ReadTask): Promise<void> {
  const { value, takenAt } = await work.parts.mailbox.takeWatermark(task.folderId);
  const watermark = { value, takenAt: takenAt.toISOString() };
  await work.commit(
    { task: { ...task, watermark }, processed: 0, phase: 'reading' },
    async () => undefined,
  );
}

async function readPage(work: FollowUpWork, task: ReadTask): Promise<void> {
  const { mailbox, signal, window, context } = work.parts;
  const { folderId, cursor } = task;
  let page: MessagePage;
  try {
    page = await withRetries(
      () => mailbox.pageMessages({ folderId, window, cursor, pageSize }),
      signal,
    );
  } catch (error) {
    if (!isAmbiguous(error) || !(await answers(work.probed))) throw error;
    await context.log(
      'skipped',
      'A page of messages cannot be read as a whole; what is missing will be fetched one by one.',
      { code: error.failure },
    );
    const paged = { ...task, paged: true };
    return work.commit({ task: paged, processed: 0, phase: 'reading' }, async () => undefined);
  }
  const spoilt = page.malformed.flatMap(({ id }) => (id === null ? [] : [id]));
  const alone = await fetchMessages(work.probed, spoilt);
  const fresh = { ...alone, messages: [...page.messages, ...alone.messages] };
  const count = fresh.messages.length + fresh.setAside.length;
  await storeFresh(work, fresh, (failed) => ({
    task: { ...task, cursor: page.next, paged: page.next === null },
    processed: count,
    failed,
    phase: 'reading',
  }));
}

async function compareIds(
  work: FollowUpWork,
  task: ReadTask,
  watermark: NonNullable<ReadTask['watermark']>,
): Promise<void> {
  const { owner, mailbox, window } = work.parts;
  const { folderId, gapSince } = task;
  const listed = new Set<string>();
  for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
    const page = await mailbox.listMessageIds({ folderId, window, cursor });
    for (const id of page.ids) listed.add(id);
    cursor = page.next;
  }
  const ids = [...listed];
  const doubtful = await work.read(async (tx) => {
    const { missing } = await findMissing(tx, owner, ids);
    return [...missing, ...(await findUnlisted(tx, owner, folderId, ids))];
  });
  const name = (await work.folderNames()).get(folderId) ?? folderId;
  await refreshMessages(work, doubtful, {
    step: (failed) => ({
      task: null,
      processed: doubtful.length,
      failed,
      phase: 'reading',
      message: readText(name, gapSince),
    }),
    write: (tx) =>
      moveWatermark(tx, owner, folderId, { ...watermark, takenAt: new Date(watermark.takenAt) }),
  });
}

function readText(folder: string, gapSince: string | null): string {
  return gapSince === null
    ? `The folder ${folder} takes part from now on; its messages were read.`
    : `The provider no longer knew what changed in ${folder} since ${gapSince}. The folder was compared as a whole: the gap is closed.`;
}
