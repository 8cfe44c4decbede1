import type { Sql } from '../../database/sql.ts';
import type { MailFolder } from '../../providers/contract.ts';
import { guardConnection } from '../mail/guard-connection.ts';
import { saveFolders } from '../mail/save-folders.ts';
import { diffFolders } from './diff-folders.ts';
import type { FollowUpCheckpoint } from './follow-up-checkpoint.ts';
import type { FollowUpWorkParts } from './follow-up-work.ts';
import { readFolders } from './read-folders.ts';

/** The first step: which folders there are now, and what is to be done with each. */
export async function planFollowUp(parts: FollowUpWorkParts): Promise<FollowUpCheckpoint> {
  const { context, mailbox, owner, subject } = parts;
  const { organizationId, connectionId } = owner;
  const listed = await mailbox.listFolders();
  const known = await context.database.transaction({ role: 'service_role', organizationId }, (tx) =>
    readFolders(tx, organizationId, connectionId),
  );
  const checkpoint: FollowUpCheckpoint = { version: 1, tasks: diffFolders(listed, known) };
  await context.commitPage({ checkpoint, processed: 0, phase: 'following' }, async (tx) => {
    await guardConnection(tx, organizationId, connectionId, subject);
    await saveFolders(tx, owner, listed.map(folderRow));
    const names = new Map(known.map(({ id, name }) => [id, name]));
    for (const folder of listed) {
      const before = names.get(folder.id);
      if (before !== undefined && before !== folder.path) await rename(tx, parts, folder);
    }
  });
  return checkpoint;
}

function folderRow(folder: MailFolder) {
  return {
    provider_folder_id: folder.id,
    name: folder.path,
    well_known: folder.wellKnown,
    total_count: folder.totalCount,
  };
}

/** Messages carry their folder's name, so that a list of them needs no join. */
async function rename(tx: Sql, { owner }: FollowUpWorkParts, folder: MailFolder): Promise<void> {
  await tx.query(
    `update messages set folder = $4 where org_id = $1 and connection_id = $2 and folder_id = $3`,
    [owner.organizationId, owner.connectionId, folder.id, folder.path],
  );
}
