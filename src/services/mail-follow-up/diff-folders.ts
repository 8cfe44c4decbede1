import type { MailFolder } from '../../providers/contract.ts';
import { changesTask, type FolderTask, readTask } from './follow-up-checkpoint.ts';
import type { FollowedFolder } from './read-folders.ts';

/**
 * What to do with each folder: follow the known ones, read the new ones, look after the messages of
 * those that are gone. The latter come last: a message that moved is then known to be elsewhere.
 */
export function diffFolders(
  listed: readonly MailFolder[],
  known: readonly FollowedFolder[],
): FolderTask[] {
  const listedIds = new Set(listed.map(({ id }) => id));
  const marked = new Set(known.filter(({ watermark }) => watermark !== null).map(({ id }) => id));
  return [
    ...listed.filter(({ id }) => marked.has(id)).map(({ id }) => changesTask(id)),
    ...listed.filter(({ id }) => !marked.has(id)).map(({ id }) => readTask(id, null)),
    ...known
      .filter(({ id }) => !listedIds.has(id))
      .map(({ id }) => ({ kind: 'leave', folderId: id, after: '' }) as const),
  ];
}

/** Whether the same folders with the same names take part, all of them with a watermark. */
export function isSameFolders(
  listed: readonly MailFolder[],
  known: readonly FollowedFolder[],
): boolean {
  const names = new Map(listed.map(({ id, path }) => [id, path]));
  return (
    names.size === known.length &&
    known.every(({ id, name, watermark }) => watermark !== null && names.get(id) === name)
  );
}
