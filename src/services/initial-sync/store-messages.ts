import type { MailMessage } from '../../providers/contract.ts';
import { findCounted } from '../mail/find-counted.ts';
import { findUnstorable, isRowFault } from '../mail/find-unstorable.ts';
import { type MessageRow, messageRow } from '../mail/message-row.ts';
import { refusedItem } from '../mail/refused-item.ts';
import { saveMessages } from '../mail/save-messages.ts';
import type { FailedItem } from '../sync/run-handler.ts';
import type { BackfillCheckpoint } from './backfill-checkpoint.ts';
import type { BackfillWork } from './backfill-work.ts';

export interface MessageBatch {
  readonly messages: readonly MailMessage[];
  readonly setAside: readonly FailedItem[];
  readonly phase: 'reading' | 'auditing' | 'repairing';
  readonly checkpoint: (latest: BackfillCheckpoint) => BackfillCheckpoint;
}

/**
 * Stores messages and sets poisonous ones aside, with the checkpoint, in one transaction. A message
 * that the database refuses does not take its page along: it is found by trial and set aside too.
 */
export async function storeMessages(work: BackfillWork, batch: MessageBatch): Promise<void> {
  const rows = rowsOf(work, batch.messages);
  try {
    await commit(work, batch, rows, batch.setAside);
  } catch (error) {
    if (!isRowFault(error)) throw error;
    const refused = await findUnstorable(work.context.database, work.owner, rows);
    if (refused.length === 0) throw error;
    const without = rows.filter((row) => !refused.includes(row));
    await commit(work, batch, without, [...batch.setAside, ...refused.map(refusedItem)]);
  }
}

/** The last of several versions of one message wins, as the provider sent them. */
function rowsOf(work: BackfillWork, messages: readonly MailMessage[]): MessageRow[] {
  const names = new Map(work.checkpoint.folders.map((folder) => [folder.id, folder.name]));
  const byId = new Map(
    messages.map((message) => [
      message.id,
      messageRow(message, names.get(message.folderId) ?? null),
    ]),
  );
  return [...byId.values()];
}

async function commit(
  work: BackfillWork,
  batch: MessageBatch,
  rows: readonly MessageRow[],
  setAside: readonly FailedItem[],
): Promise<void> {
  const { context, owner } = work;
  const scope = { role: 'service_role', organizationId: owner.organizationId } as const;
  const cut = batch.messages.filter(({ notes }) => notes.some((note) => note.includes(': cut to')));
  await work.commit(async () => {
    const ids = [
      ...rows.map((row) => row.provider_message_id),
      ...setAside.map((item) => item.itemKey),
    ];
    const counted = await context.database.transaction(scope, (tx) => findCounted(tx, owner, ids));
    const fresh = setAside.filter((item) => !counted.has(item.itemKey));
    return {
      step: {
        processed: ids.filter((id) => !counted.has(id)).length,
        failed: fresh.length,
        phase: batch.phase,
        checkpoint: (latest) => {
          const next = batch.checkpoint(latest);
          return { ...next, cut: next.cut + cut.length };
        },
      },
      write: async (tx) => {
        await saveMessages(tx, owner, rows);
        for (const item of setAside) await context.setAside(tx, item);
      },
    };
  });
}
