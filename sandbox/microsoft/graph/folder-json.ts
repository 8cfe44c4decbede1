import type { MailFolder } from '@microsoft/microsoft-graph-types';
import { type Folder, type WellKnownFolder, wellKnownFolders } from '../mailbox/folder.ts';
import { decodeId, folderId } from '../mailbox/ids.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { itemNotFound, malformedId } from './graph-error.ts';

/** A folder as v1.0 writes it; there is no well-known name in it. */
export function folderJson(mailbox: Mailbox, folder: Folder): MailFolder & { id: string } {
  return {
    id: folderId(mailbox, folder.number),
    displayName: folder.name,
    parentFolderId: folderId(mailbox, folder.parent ?? folder.number),
    childFolderCount: mailbox.children(folder.number).filter((child) => !child.hidden).length,
    unreadItemCount: folder.unread,
    totalItemCount: folder.index.size,
    isHidden: folder.hidden,
  };
}

/** A folder by id or well-known name. */
export function findFolder(mailbox: Mailbox, idOrName: string): Folder {
  const name = idOrName.toLowerCase();
  if (Object.hasOwn(wellKnownFolders, name)) return mailbox.wellKnown(name as WellKnownFolder);
  const id = decodeId(mailbox, idOrName);
  if (id === null || id.kind !== 'folder') throw malformedId();
  const folder = mailbox.folders.get(id.a);
  if (folder === undefined) throw itemNotFound();
  return folder;
}
