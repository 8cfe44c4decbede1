import type { Sql } from '../../database/sql.ts';
import type { Watermark } from '../../providers/contract.ts';
import type { FolderOwner } from './save-folders.ts';

/** Keeps the point from which the folder's changes are followed; an older one wins, it misses less. */
export async function saveWatermark(
  tx: Sql,
  owner: FolderOwner,
  folderId: string,
  watermark: Watermark,
): Promise<void> {
  await tx.query(
    `update mail_folders set watermark = $4, watermark_taken_at = $5
      where org_id = $1 and connection_id = $2 and provider_folder_id = $3 and watermark is null`,
    [owner.organizationId, owner.connectionId, folderId, watermark.value, watermark.takenAt],
  );
}
