import type { Sql } from '../../database/sql.ts';
import type { MailMessage } from '../../providers/contract.ts';
import { fetchMessages } from '../mail/fetch-messages.ts';
import { findUnstorable, isRowFault } from '../mail/find-unstorable.ts';
import { markDeleted } from '../mail/mark-deleted.ts';
import { type MessageRow, messageRow } from '../mail/message-row.ts';
import { refusedItem } from '../mail/refused-item.ts';
import { saveMessages } from '../mail/save-messages.ts';
import type { FailedItem } from '../sync/run-handler.ts';
import { addResult } from './add-result.ts';
import { findPresent } from './find-present.ts';
import type { FollowUpWork, Step } from './follow-up-work.ts';

/** Messages fetched and committed at once; bounds the memory. */
const batchSize = 50;

/** What the provider says about some messages now. */
export interface Fresh {
  readonly messages: readonly MailMessage[];
  readonly setAside: readonly FailedItem[];
  readonly gone: readonly string[];
}

/** The step that follows the rows, made when it is known how many of them could not be stored. */
export type StepAfter = (failed: number) => Step;

/**
 * Asks the provider about each of these messages and stores its answer: new and changed ones are
 * written, those that no longer lie in a folder that takes part are marked as deleted. A message that
 * left one folder for another is thus a move, whichever folder told of it first.
 * @param after committed with the last rows; the others are committed before, and repeating them is harmless
 */
export async function refreshMessages(
  work: FollowUpWork,
  ids: readonly string[],
  after: { readonly step: StepAfter; readonly write: (tx: Sql) => Promise<void> },
): Promise<void> {
  const { task } = work;
  let failed = 0;
  for (let start = 0; start === 0 || start < ids.length; start += batchSize) {
    const fresh = await fetchMessages(work.probed, ids.slice(start, start + batchSize));
    const isLast = start + batchSize >= ids.length;
    const before = failed;
    await storeFresh(
      work,
      fresh,
      (here) => {
        failed = before + here;
        return isLast ? after.step(failed) : { task, processed: 0 };
      },
      isLast ? after.write : async () => undefined,
    );
  }
}

/** Stores what the provider said, in the transaction of the step; poisonous messages are set aside. */
export async function storeFresh(
  work: FollowUpWork,
  fresh: Fresh,
  step: StepAfter,
  write: (tx: Sql) => Promise<void> = async () => undefined,
): Promise<void> {
  const { context, owner, window } = work.parts;
  const names = await work.folderNames();
  const ids = fresh.messages.map(({ id }) => id);
  const present = await work.read((tx) => findPresent(tx, owner, ids));
  const rows: MessageRow[] = [];
  const gone = [...fresh.gone];
  for (const message of new Map(fresh.messages.map((one) => [one.id, one])).values()) {
    const name = names.get(message.folderId);
    if (name === undefined) gone.push(message.id);
    // Mail from before the window takes part only when it is stored already.
    else if (message.receivedAt >= window.from || present.has(message.id)) {
      rows.push(messageRow(message, name));
    }
  }
  const save = (good: readonly MessageRow[], setAside: readonly FailedItem[]) =>
    work.commit(step(setAside.length), async (tx) => {
      const { inserted, updated } = await saveMessages(tx, owner, good);
      const removed = await markDeleted(tx, owner, gone);
      await addResult(tx, context.run, { added: inserted, changed: updated, removed });
      for (const item of setAside) await context.setAside(tx, item);
      await write(tx);
    });
  try {
    await save(rows, fresh.setAside);
  } catch (error) {
    if (!isRowFault(error)) throw error;
    const refused = await findUnstorable(context.database, owner, rows);
    if (refused.length === 0) throw error;
    await save(
      rows.filter((row) => !refused.includes(row)),
      [...fresh.setAside, ...refused.map(refusedItem)],
    );
  }
}
