import type { MailFolder, MailProvider, MailWindow } from '../../providers/contract.ts';
import { countMailbox } from '../mail/count-mailbox.ts';
import { guardConnection, type RunConnection } from '../mail/guard-connection.ts';
import { saveFolders } from '../mail/save-folders.ts';
import type { RunContext } from '../sync/run-handler.ts';
import { type BackfillCheckpoint, planBackfill } from './backfill-checkpoint.ts';

export interface CountFoldersParts {
  readonly context: RunContext<BackfillCheckpoint>;
  readonly mailbox: MailProvider;
  readonly connection: RunConnection;
  readonly subject: string | null;
  readonly window: MailWindow;
  readonly now: Date;
}

/**
 * The first step: which folders there are and how many messages of the window each holds, so that
 * the progress has a total before the first page. Stores the folders and the plan.
 */
export async function countFolders(parts: CountFoldersParts): Promise<BackfillCheckpoint> {
  const { context, mailbox, connection, subject, window, now } = parts;
  const counted = await countMailbox(mailbox, window);
  const folders = counted.map(({ folder }) => folder);
  const total = counted.reduce((sum, { count }) => sum + count, 0);
  const checkpoint = planBackfill(counted, window.from, now);
  await context.commitPage(
    { checkpoint, processed: 0, total, phase: 'counting', message: foundText(total, folders) },
    async (tx) => {
      await guardConnection(tx, connection.organizationId, connection.id, subject);
      await saveFolders(tx, { ...connection, connectionId: connection.id }, folderRows(folders));
    },
  );
  return checkpoint;
}

function foundText(total: number, folders: readonly MailFolder[]): string {
  return `Found ${total} messages in ${folders.length} folders.`;
}

function folderRows(folders: readonly MailFolder[]) {
  return folders.map((folder) => ({
    provider_folder_id: folder.id,
    name: folder.path,
    well_known: folder.wellKnown,
    total_count: folder.totalCount,
  }));
}
