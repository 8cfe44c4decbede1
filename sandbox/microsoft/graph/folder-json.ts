import type { MailFolder } from '@microsoft/microsoft-graph-types';
import { type Folder, type WellKnownFolder, wellKnownFolders } from '../mailbox/folder.ts';
import { decodeId, folderId } from '../mailbox/ids.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { itemNotFound, malformedId } from './graph-error.ts';

/** A folder as v1.0 writes it; there is no well-known name in it. */
export function folderJson(
  mailbox: Mailbox,
  folder: Folder,
): MailFolder & { id: string; '@odata.type'?: string } {
  const shown = mailbox.shown(folder);
  return {
    ...(folder.kind === 'search' ? { '@odata.type': '#microsoft.graph.mailSearchFolder' } : {}),
    id: folderId(mailbox, folder.number),
    displayName: folder.name,
    parentFolderId: folderId(mailbox, folder.parent ?? folder.number),
    childFolderCount: mailbox.children(folder.number).filter((child) => child.kind !== 'hidden')
      .length,
    unreadItemCount: shown.unread,
    totalItemCount: shown.index.size,
    isHidden: folder.kind === 'hidden',
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
