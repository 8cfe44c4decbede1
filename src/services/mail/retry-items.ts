import { z } from 'zod';
import type { Sql } from '../../database/sql.ts';
import type { RetriedItems } from '../sync/retry-failed-item.ts';
import { resolveFailedItem } from '../sync/retry-failed-item.ts';
import type { FailedItem, RunContext } from '../sync/run-handler.ts';
import { setAside } from '../sync/set-aside.ts';
import { discardFailedItem } from './close-failed-items.ts';
import { fetchOne, type ProbedMailbox } from './fetch-one.ts';
import { isRowFault } from './find-unstorable.ts';
import { type MessageRow, messageRow } from './message-row.ts';
import { readFolderNames } from './read-folder-names.ts';
import { refusedItem } from './refused-item.ts';
import { type MessageOwner, saveMessages } from './save-messages.ts';

export interface ItemRetry extends Omit<ProbedMailbox, 'probe'> {
  readonly context: RunContext<unknown>;
  readonly owner: MessageOwner;
  readonly items: RetriedItems;
  /** Refuses the page when the run may no longer write for the connection. */
  readonly guard: (tx: Sql) => Promise<unknown>;
}

const checkpointSchema = z.object({ retried: z.number().int().min(0) });

/**
 * Fetches set-aside messages again, each by itself, and reports to the run that set them aside: stored
 * ones are resolved, those that fail again stay open with one attempt more, and those that left the
 * folders which take part are discarded.
 */
export async function retryItems(retry: ItemRetry): Promise<void> {
  const { context, items } = retry;
  const from = context.checkpoint ? checkpointSchema.parse(context.checkpoint).retried : 0;
  for (let at = from; at < items.itemKeys.length; at += 1) {
    const key = items.itemKeys[at] ?? '';
    const again = await fetchAgain(retry, key);
    if (again.kind !== 'row') {
      await settle(retry, at, again.kind === 'poison' ? again.item : null, (tx) =>
        again.kind === 'gone' ? discard(tx, retry, key) : Promise.resolve(),
      );
      continue;
    }
    try {
      await settle(retry, at, null, (tx) => store(tx, retry, again.row));
    } catch (error) {
      if (!isRowFault(error)) throw error;
      await settle(retry, at, refusedItem(again.row), async () => undefined);
    }
  }
}

type Again =
  | { readonly kind: 'row'; readonly row: MessageRow }
  | { readonly kind: 'poison'; readonly item: FailedItem }
  | { readonly kind: 'gone' };

async function fetchAgain(retry: ItemRetry, key: string): Promise<Again> {
  const { mailbox, signal, context, owner } = retry;
  const source = { mailbox, signal, probe: () => mailbox.listFolders() };
  const fetched = await fetchOne(source, key);
  if (fetched.kind !== 'message') return fetched;
  const { organizationId, connectionId } = owner;
  const names = await context.database.transaction({ role: 'service_role', organizationId }, (tx) =>
    readFolderNames(tx, organizationId, connectionId),
  );
  const name = names.get(fetched.message.folderId);
  if (name === undefined) return { kind: 'gone' };
  return { kind: 'row', row: messageRow(fetched.message, name) };
}

async function settle(
  { context, items, owner, guard }: ItemRetry,
  at: number,
  failed: FailedItem | null,
  write: (tx: Sql) => Promise<void>,
): Promise<void> {
  const page = {
    checkpoint: { retried: at + 1 },
    processed: 1,
    failed: failed ? 1 : 0,
    total: items.itemKeys.length,
    phase: 'repairing',
  };
  await context.commitPage(page, async (tx) => {
    await guard(tx);
    await write(tx);
    if (!failed) return;
    const first = { ...context.run, organizationId: owner.organizationId, id: items.retryOf };
    await setAside(tx, first, failed);
  });
}

async function store(tx: Sql, { owner, items }: ItemRetry, row: MessageRow): Promise<void> {
  await saveMessages(tx, owner, [row]);
  await resolveFailedItem(tx, owner.organizationId, items.retryOf, row.provider_message_id);
}

function discard(tx: Sql, { owner, items }: ItemRetry, key: string): Promise<void> {
  return discardFailedItem(tx, owner.organizationId, items.retryOf, key);
}
