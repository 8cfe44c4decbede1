import type { HistoryEntry } from './history.ts';
import type { UserLabel } from './labels.ts';
import { Mailbox } from './mailbox.ts';
import type { MessageEdits } from './message-record.ts';

type MessageRow = [
  n: number,
  at: number,
  labels: number,
  seed: number,
  thread: number,
  position: number,
  outbound: 0 | 1,
  change: number,
  edits: MessageEdits | null,
];

export interface MailboxSnapshot {
  readonly sub: string;
  readonly seed: number;
  readonly historyId: number;
  readonly historyFloor: number;
  /** The next message's number. */
  readonly next: number;
  readonly labels: readonly UserLabel[];
  /** The sets of labels that the rows name by their place. */
  readonly sets: readonly (readonly string[])[];
  readonly messages: readonly MessageRow[];
  readonly journal: readonly HistoryEntry[];
}

/** A mailbox as JSON; messages as rows of numbers, since there may be very many. */
export function saveMailbox(mailbox: Mailbox): MailboxSnapshot {
  const sets = new Map<readonly string[], number>();
  const messages: MessageRow[] = [];
  for (const record of mailbox.messages) {
    if (record === undefined) continue;
    const set = sets.get(record.labels) ?? sets.size;
    sets.set(record.labels, set);
    const { n, at, seed, thread, position, outbound, change, edits } = record;
    messages.push([n, at, set, seed, thread, position, outbound ? 1 : 0, change, edits]);
  }
  return {
    sub: mailbox.sub,
    seed: mailbox.seed,
    historyId: mailbox.historyId,
    historyFloor: mailbox.historyFloor,
    next: mailbox.next,
    labels: [...mailbox.labels.user.values()],
    sets: [...sets.keys()],
    messages,
    journal: mailbox.journal,
  };
}

export function loadMailbox(snapshot: MailboxSnapshot): Mailbox {
  const mailbox = new Mailbox(snapshot.sub, snapshot.seed);
  for (const label of snapshot.labels) mailbox.labels.restore(label);
  const sets = snapshot.sets.map((set) => mailbox.labels.set(set));
  mailbox.messages.length = snapshot.next;
  for (const [n, at, set, seed, thread, position, outbound, change, edits] of snapshot.messages) {
    const labels = sets[set] ?? [];
    mailbox.restore({
      n,
      at,
      labels,
      seed,
      thread,
      position,
      outbound: outbound === 1,
      change,
      edits,
    });
  }
  for (const entry of snapshot.journal) mailbox.journal.push(entry);
  mailbox.historyId = snapshot.historyId;
  mailbox.historyFloor = snapshot.historyFloor;
  return mailbox;
}
