import type { Mailbox } from './mailbox.ts';

export const historyKinds = [
  'messageAdded',
  'messageDeleted',
  'labelAdded',
  'labelRemoved',
] as const;
export type HistoryKind = (typeof historyKinds)[number];

/** One change as history.list tells it. */
export interface HistoryEntry {
  readonly id: number;
  readonly atMs: number;
  readonly kind: HistoryKind;
  readonly n: number;
  readonly thread: number;
  /** The message's labels after the change. */
  readonly labels: readonly string[];
  /** The labels that came or went. */
  readonly changed: readonly string[];
}

export interface HistoryQuery {
  readonly after: number;
  readonly kinds: readonly HistoryKind[];
  readonly label: string | null;
}

/** Entries after a history id, oldest first, at most one more than `limit`. */
export function historyAfter(mailbox: Mailbox, query: HistoryQuery, limit: number): HistoryEntry[] {
  const { journal } = mailbox;
  let low = 0;
  let high = journal.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((journal[middle]?.id ?? 0) > query.after) high = middle;
    else low = middle + 1;
  }
  const found: HistoryEntry[] = [];
  for (let at = low; at < journal.length && found.length <= limit; at += 1) {
    const entry = journal[at];
    if (entry === undefined || !query.kinds.includes(entry.kind)) continue;
    const { label } = query;
    if (label !== null && !entry.labels.includes(label) && !entry.changed.includes(label)) continue;
    found.push(entry);
  }
  return found;
}
