import type { Folder, JournalEntry } from './folder.ts';
import { newFolder } from './folder.ts';
import { Mailbox } from './mailbox.ts';
import type { MessageEdits } from './message-record.ts';

type MessageRow = [
  n: number,
  at: number,
  folder: number,
  seed: number,
  thread: number,
  position: number,
  flags: number,
  place: number,
  change: number,
  modified: number,
  edits: MessageEdits | null,
];

export interface MailboxSnapshot {
  readonly oid: string;
  readonly seed: number;
  readonly sequence: number;
  readonly threads: number;
  /** The next message's number. */
  readonly next: number;
  readonly folders: (Pick<
    Folder,
    'number' | 'name' | 'parent' | 'wellKnown' | 'kind' | 'generation'
  > & { journal: JournalEntry[] })[];
  readonly messages: MessageRow[];
}

/** A mailbox as JSON; messages as rows of numbers, since there may be very many. */
export function saveMailbox(mailbox: Mailbox): MailboxSnapshot {
  return {
    oid: mailbox.oid,
    seed: mailbox.seed,
    sequence: mailbox.sequence,
    threads: mailbox.threads,
    next: mailbox.messages.length,
    folders: [...mailbox.folders.values()].map(
      ({ number, name, parent, wellKnown, kind, generation, journal }) => ({
        number,
        name,
        parent,
        wellKnown,
        kind,
        generation,
        journal,
      }),
    ),
    messages: mailbox.messages
      .filter((record) => record !== undefined)
      .map((r) => [
        r.n,
        r.at,
        r.folder,
        r.seed,
        r.thread,
        r.position,
        r.flags,
        r.place,
        r.change,
        r.modified,
        r.edits,
      ]),
  };
}

export function loadMailbox(snapshot: MailboxSnapshot): Mailbox {
  const mailbox = new Mailbox(snapshot.oid, snapshot.seed);
  for (const saved of snapshot.folders) {
    const folder = newFolder(saved);
    folder.generation = saved.generation;
    for (const entry of saved.journal) folder.journal.push(entry);
    mailbox.restoreFolder(folder);
  }
  mailbox.messages.length = snapshot.next;
  for (const [
    n,
    at,
    folder,
    seed,
    thread,
    position,
    flags,
    place,
    change,
    modified,
    edits,
  ] of snapshot.messages) {
    mailbox.restoreMessage({
      n,
      at,
      folder,
      seed,
      thread,
      position,
      flags,
      place,
      change,
      modified,
      edits,
    });
  }
  mailbox.sequence = snapshot.sequence;
  mailbox.threads = snapshot.threads;
  return mailbox;
}
