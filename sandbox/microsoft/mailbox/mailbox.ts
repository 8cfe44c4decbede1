import { MessageIndex } from '../../core/mail/message-index.ts';
import { RequestError } from '../../core/request-error.ts';
import {
  type Folder,
  type FolderKind,
  type JournalKind,
  newFolder,
  type WellKnownFolder,
  wellKnownFolders,
} from './folder.ts';
import { folderId } from './ids.ts';
import { type MessageEdits, type MessageRecord, messageFlags } from './message-record.ts';

export interface NewMessage {
  readonly at: number;
  readonly folder: number;
  readonly seed: number;
  readonly thread: number;
  readonly position: number;
  readonly flags: number;
  readonly edits: MessageEdits | null;
}

/** One account's mail: folders, messages, and the journal that delta queries read. */
export class Mailbox {
  readonly oid: string;
  readonly seed: number;
  readonly folders = new Map<number, Folder>();
  /** All messages outside hidden folders. */
  readonly visible = new MessageIndex<MessageRecord>();
  readonly messages: (MessageRecord | undefined)[] = [undefined];
  /** Rises with every change in the mailbox. */
  sequence = 0;
  threads = 0;
  #folderNumber = 0;
  readonly #folderIds = new Map<number, string>();

  constructor(oid: string, seed: number) {
    this.oid = oid;
    this.seed = seed;
  }

  /** A new mailbox has the folders Exchange makes. */
  static create(oid: string, seed: number): Mailbox {
    const mailbox = new Mailbox(oid, seed);
    const root = mailbox.#addFolder(wellKnownFolders.msgfolderroot, null, 'msgfolderroot', 'plain');
    for (const [key, name] of Object.entries(wellKnownFolders)) {
      if (key !== 'msgfolderroot')
        mailbox.#addFolder(name, root.number, key as WellKnownFolder, 'plain');
    }
    return mailbox;
  }

  createFolder(name: string, parent: number, kind: FolderKind): Folder {
    if (this.children(parent).some((folder) => folder.name.toLowerCase() === name.toLowerCase())) {
      throw new RequestError(`There is a folder "${name}" already.`, 409);
    }
    return this.#addFolder(name, parent, null, kind);
  }

  #addFolder(
    name: string,
    parent: number | null,
    wellKnown: WellKnownFolder | null,
    kind: FolderKind,
  ): Folder {
    this.#folderNumber += 1;
    const folder = newFolder({ number: this.#folderNumber, name, parent, wellKnown, kind });
    this.folders.set(folder.number, folder);
    this.sequence += 1;
    return folder;
  }

  /** Puts back a folder of a snapshot. */
  restoreFolder(folder: Folder): void {
    this.folders.set(folder.number, folder);
    this.#folderNumber = Math.max(this.#folderNumber, folder.number);
  }

  children(parent: number): Folder[] {
    return [...this.folders.values()].filter((folder) => folder.parent === parent);
  }

  wellKnown(name: WellKnownFolder): Folder {
    for (const folder of this.folders.values()) if (folder.wellKnown === name) return folder;
    throw new RequestError(`The mailbox has no folder ${name}.`, 404);
  }

  /** The folder's id in Graph; kept, since every message names its folder. */
  folderId(number: number): string {
    const known = this.#folderIds.get(number);
    if (known !== undefined) return known;
    const id = folderId(this, number);
    this.#folderIds.set(number, id);
    return id;
  }

  folderOf(record: MessageRecord): Folder {
    const folder = this.folders.get(record.folder);
    if (folder === undefined)
      throw new Error(`Message ${record.n} lies in folder ${record.folder}, which does not exist.`);
    return folder;
  }

  /** What a folder shows; a search folder shows the inbox. */
  shown(folder: Folder): Folder {
    return folder.kind === 'search' ? this.wellKnown('inbox') : folder;
  }

  /** Removes a folder, its subfolders and their messages. */
  deleteFolder(folder: Folder): void {
    if (folder.wellKnown !== null) throw new RequestError(`"${folder.name}" cannot be deleted.`);
    for (const child of this.children(folder.number)) this.deleteFolder(child);
    for (const record of [...folder.index.records()].reverse()) this.remove(record);
    this.folders.delete(folder.number);
    this.sequence += 1;
  }

  /** Adds a message; `journal` false only for what was there before anyone looked. */
  add(message: NewMessage, modified: number, journal = true): MessageRecord {
    this.sequence += 1;
    const record: MessageRecord = {
      n: this.messages.length,
      place: 1,
      change: this.sequence,
      modified,
      ...message,
    };
    this.messages.push(record);
    this.#enter(record);
    if (journal) this.#write(record, 'created');
    return record;
  }

  /** Changes a message; `received` moves it in the order of arrival. */
  edit(
    record: MessageRecord,
    change: { edits?: MessageEdits; received?: number; read?: boolean },
    modified: number,
  ): void {
    this.sequence += 1;
    this.#leave(record);
    if (change.received !== undefined) record.at = change.received;
    if (change.edits !== undefined) record.edits = { ...record.edits, ...change.edits };
    if (change.read !== undefined)
      record.flags = change.read
        ? record.flags | messageFlags.read
        : record.flags & ~messageFlags.read;
    record.change = this.sequence;
    record.modified = modified;
    this.#enter(record);
    this.#write(
      record,
      change.edits === undefined && change.received === undefined ? 'read' : 'updated',
    );
  }

  move(record: MessageRecord, target: Folder, modified: number): void {
    if (record.folder === target.number) return;
    this.sequence += 1;
    this.#write(record, 'moved');
    this.#leave(record);
    record.folder = target.number;
    record.place += 1;
    record.change = this.sequence;
    record.modified = modified;
    this.#enter(record);
    this.#write(record, 'created');
  }

  /** Removes a message for good. */
  remove(record: MessageRecord): void {
    this.sequence += 1;
    this.#write(record, 'deleted');
    this.#leave(record);
    this.messages[record.n] = undefined;
  }

  /** Puts back a message of a snapshot. */
  restoreMessage(record: MessageRecord): void {
    this.messages[record.n] = record;
    this.#enter(record);
  }

  #enter(record: MessageRecord): void {
    const folder = this.folderOf(record);
    folder.index.add(record);
    if (folder.kind !== 'hidden') this.visible.add(record);
    if ((record.flags & messageFlags.read) === 0) folder.unread += 1;
  }

  #leave(record: MessageRecord): void {
    const folder = this.folderOf(record);
    folder.index.remove(record);
    if (folder.kind !== 'hidden') this.visible.remove(record);
    if ((record.flags & messageFlags.read) === 0) folder.unread -= 1;
  }

  #write(record: MessageRecord, kind: JournalKind): void {
    this.folderOf(record).journal.push({
      sequence: this.sequence,
      n: record.n,
      kind,
      place: record.place,
    });
  }
}
