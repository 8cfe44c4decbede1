import type { Folder } from '../mailbox/folder.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { MessageRecord } from '../mailbox/message-record.ts';
import type { DeltaState } from './delta-token.ts';

/** What became of one message in a folder, in the window of a round. */
export type DeltaChange =
  | {
      readonly type: 'created' | 'updated' | 'read';
      readonly sequence: number;
      readonly record: MessageRecord;
    }
  | {
      readonly type: 'deleted';
      readonly sequence: number;
      readonly n: number;
      readonly place: number;
    };

/** The changes of a round, one per message, in the order of their last mention. */
export function deltaChanges(mailbox: Mailbox, folder: Folder, state: DeltaState): DeltaChange[] {
  const entries = folder.journal.slice(
    firstAfter(folder, state.from),
    firstAfter(folder, state.end),
  );
  const perMessage = new Map<number, { sequence: number; place: number; kinds: Set<string> }>();
  for (const entry of entries) {
    const known = perMessage.get(entry.n);
    // Re-inserted, so that the map's order is that of the last mention.
    perMessage.delete(entry.n);
    const kinds = known?.kinds ?? new Set<string>();
    kinds.add(entry.kind);
    perMessage.set(entry.n, { sequence: entry.sequence, place: entry.place, kinds });
  }
  const changes: DeltaChange[] = [];
  for (const [n, { sequence, place, kinds }] of perMessage) {
    const record = mailbox.messages[n];
    const change: DeltaChange =
      record === undefined || record.folder !== folder.number
        ? { type: 'deleted', sequence, n, place }
        : {
            type: kinds.has('created') ? 'created' : kinds.has('updated') ? 'updated' : 'read',
            sequence,
            record,
          };
    if (isWanted(change, state)) changes.push(change);
  }
  return changes;
}

function isWanted(change: DeltaChange, state: DeltaState): boolean {
  const type = change.type === 'read' ? 'updated' : change.type;
  if (state.changeTypes !== null && !state.changeTypes.includes(type)) return false;
  return change.type === 'deleted' || state.first === null || change.record.at >= state.first;
}

/** Position of the first journal entry after a sequence number. */
function firstAfter(folder: Folder, sequence: number): number {
  let low = 0;
  let high = folder.journal.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((folder.journal[middle]?.sequence ?? 0) > sequence) high = middle;
    else low = middle + 1;
  }
  return low;
}
