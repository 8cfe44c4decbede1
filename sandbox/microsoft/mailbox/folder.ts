import { MessageIndex } from '../../core/mail/message-index.ts';
import type { MessageRecord } from './message-record.ts';

export const wellKnownFolders = {
  msgfolderroot: 'Top of Information Store',
  inbox: 'Inbox',
  drafts: 'Drafts',
  sentitems: 'Sent Items',
  deleteditems: 'Deleted Items',
  junkemail: 'Junk Email',
  archive: 'Archive',
  outbox: 'Outbox',
  conversationhistory: 'Conversation History',
} as const;
export type WellKnownFolder = keyof typeof wellKnownFolders;

/** Hidden folders are listed on request only; a search folder holds nothing itself. */
const folderKinds = ['plain', 'hidden', 'search'] as const;
export type FolderKind = (typeof folderKinds)[number];

/** The kind that a seed or a test asks for. */
export function folderKind(wish: {
  readonly hidden: boolean;
  readonly search: boolean;
}): FolderKind {
  if (wish.search) return 'search';
  return wish.hidden ? 'hidden' : 'plain';
}

export type JournalKind = 'created' | 'updated' | 'read' | 'deleted' | 'moved';

/** One change as a folder's delta sees it. */
export interface JournalEntry {
  readonly sequence: number;
  readonly n: number;
  readonly kind: JournalKind;
  /** The message's place while it was here: removals must be told under the id the client knows. */
  readonly place: number;
}

export interface Folder {
  readonly number: number;
  name: string;
  /** Null for the root only. */
  parent: number | null;
  readonly wellKnown: WellKnownFolder | null;
  readonly kind: FolderKind;
  readonly index: MessageIndex<MessageRecord>;
  readonly journal: JournalEntry[];
  unread: number;
  /** Delta tokens of an older generation are dead. */
  generation: number;
}

export function newFolder(
  fields: Pick<Folder, 'number' | 'name' | 'parent' | 'wellKnown' | 'kind'>,
): Folder {
  return { ...fields, index: new MessageIndex(), journal: [], unread: 0, generation: 1 };
}
