import { MessageIndex } from '../../core/mail/message-index.ts';
import { mix } from '../../core/random.ts';
import { RequestError } from '../../core/request-error.ts';
import type { HistoryEntry, HistoryKind } from './history.ts';
import { messageNumber } from './ids.ts';
import { Labels } from './labels.ts';
import type { MessageRecord } from './message-record.ts';

export type NewMessage = Omit<MessageRecord, 'n' | 'change' | 'labels'> & {
  readonly labels: Iterable<string>;
};

/** One account's mail: messages, labels, and the journal that history.list reads. */
export class Mailbox {
  readonly sub: string;
  readonly seed: number;
  readonly labels = new Labels();
  readonly index = new MessageIndex<MessageRecord>();
  readonly messages: (MessageRecord | undefined)[] = [undefined];
  readonly journal: HistoryEntry[] = [];
  /** The newest history id; ids are not contiguous. */
  historyId: number;
  /** Cursors below this are too old. */
  historyFloor: number;
  /** Told after a change that history shows, with the labels it concerns. */
  onChange: ((labels: readonly string[]) => void) | null = null;

  constructor(sub: string, seed: number) {
    this.sub = sub;
    this.seed = seed;
    this.historyId = 1_000_000 + (seed % 1_000_000);
    this.historyFloor = this.historyId;
  }

  /** The number the next message gets. */
  get next(): number {
    return this.messages.length;
  }

  /** Adds a message. Without `nowMs` it was there before anyone looked, and history does not show it. */
  add(message: NewMessage, nowMs: number | null): MessageRecord {
    const record: MessageRecord = {
      ...message,
      n: this.next,
      labels: this.labels.set(message.labels),
      change: this.#advance(),
    };
    this.messages.push(record);
    this.index.add(record);
    if (nowMs === null) this.historyFloor = this.historyId;
    else this.#write(record, 'messageAdded', [], nowMs);
    return record;
  }

  /** Adds and removes labels; what changes nothing is not written down. */
  relabel(
    record: MessageRecord,
    change: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
    nowMs: number,
  ): void {
    const removed = (change.remove ?? []).filter((label) => record.labels.includes(label));
    const added = (change.add ?? []).filter((label) => !record.labels.includes(label));
    if (added.length > 0) {
      record.labels = this.labels.set([...record.labels, ...added]);
      record.change = this.#advance();
      this.#write(record, 'labelAdded', added, nowMs);
    }
    if (removed.length > 0) {
      record.labels = this.labels.set(record.labels.filter((label) => !removed.includes(label)));
      record.change = this.#advance();
      this.#write(record, 'labelRemoved', removed, nowMs);
    }
  }

  /** To the bin: a change of labels, not a deletion. */
  trash(record: MessageRecord, nowMs: number): void {
    this.relabel(record, { add: ['TRASH'], remove: ['INBOX', 'SPAM'] }, nowMs);
  }

  untrash(record: MessageRecord, nowMs: number): void {
    this.relabel(record, { remove: ['TRASH'] }, nowMs);
  }

  /** Removes a message for good. */
  remove(record: MessageRecord, nowMs: number): void {
    this.index.remove(record);
    this.messages[record.n] = undefined;
    record.change = this.#advance();
    this.#write(record, 'messageDeleted', [], nowMs);
  }

  /** Removes a label from the mailbox and from its messages. */
  deleteLabel(id: string, nowMs: number): void {
    this.labels.requireUser(id);
    for (const record of [...this.index.records()])
      if (record.labels.includes(id)) this.relabel(record, { remove: [id] }, nowMs);
    this.labels.user.delete(id);
  }

  /** Forgets history older than the given time; every cursor from before it dies. */
  expireHistory(beforeMs: number): void {
    let count = 0;
    while (count < this.journal.length && (this.journal[count]?.atMs ?? beforeMs) < beforeMs)
      count += 1;
    const last = this.journal[count - 1];
    if (last === undefined) return;
    this.historyFloor = last.id;
    this.journal.splice(0, count);
  }

  /** Makes every cursor given out so far too old. */
  killHistory(): void {
    this.journal.length = 0;
    this.historyFloor = this.#advance();
  }

  restore(record: MessageRecord): void {
    this.messages[record.n] = record;
    this.index.add(record);
  }

  /** By its id; undefined when there is none. */
  find(id: string): MessageRecord | undefined {
    return this.messages[messageNumber(this, id) ?? 0];
  }

  require(id: string): MessageRecord {
    const record = this.find(id);
    if (record !== undefined) return record;
    throw new RequestError(`There is no message ${id} in the mailbox.`, 404);
  }

  /** A thread's messages, oldest first. */
  thread(first: number): MessageRecord[] {
    return this.index.records().filter((record) => record.thread === first);
  }

  #advance(): number {
    this.historyId += 1 + (mix(this.historyId, this.seed) % 37);
    return this.historyId;
  }

  #write(
    record: MessageRecord,
    kind: HistoryKind,
    changed: readonly string[],
    nowMs: number,
  ): void {
    const { n, thread, labels, change } = record;
    this.journal.push({ id: change, atMs: nowMs, kind, n, thread, labels, changed });
    this.onChange?.([...labels, ...changed]);
  }
}
