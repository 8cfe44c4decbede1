import type { LeaveTask } from './follow-up-checkpoint.ts';
import type { FollowUpWork } from './follow-up-work.ts';
import { refreshMessages } from './store-fresh.ts';

const batchSize = 50;

/**
 * Looks after some messages of a folder that is gone: those that lie elsewhere have moved, the others
 * are marked as deleted. Forgets the folder when none is left.
 */
export async function leaveFolder(work: FollowUpWork, task: LeaveTask): Promise<void> {
  const { owner } = work.parts;
  const key = [owner.organizationId, owner.connectionId, task.folderId];
  const rows = await work.read((tx) =>
    tx.query<{ id: string }>(
      `select provider_message_id as id from messages
        where org_id = $1 and connection_id = $2 and folder_id = $3 and deleted_at is null
          and provider_message_id collate "C" > $4
        order by provider_message_id collate "C" limit $5`,
      [...key, task.after, batchSize],
    ),
  );
  const ids = rows.map(({ id }) => id);
  const last = ids.length < batchSize;
  await refreshMessages(work, ids, {
    step: (failed) => ({
      task: last ? null : { ...task, after: ids.at(-1) ?? '' },
      processed: ids.length,
      failed,
      phase: 'following',
    }),
    write: async (tx) => {
      if (!last) return;
      await tx.query(
        `delete from mail_folders
          where org_id = $1 and connection_id = $2 and provider_folder_id = $3`,
        key,
      );
    },
  });
}
