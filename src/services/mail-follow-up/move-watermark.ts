import type { Sql } from '../../database/sql.ts';
import type { Watermark } from '../../providers/contract.ts';
import type { FolderOwner } from '../mail/save-folders.ts';

/**
 * Moves the point from which a folder is followed.
 * @param from the watermark that was read from; when another one took its place meanwhile, that stays
 */
export async function moveWatermark(
  tx: Sql,
  owner: Pick<FolderOwner, 'organizationId' | 'connectionId'>,
  folderId: string,
  { value, takenAt }: Watermark,
  from?: string,
): Promise<void> {
  await tx.query(
    `update mail_folders set watermark = $4, watermark_taken_at = $5
      where org_id = $1 and connection_id = $2 and provider_folder_id = $3
        and ($6::text is null or watermark = $6)`,
    [owner.organizationId, owner.connectionId, folderId, value, takenAt, from ?? null],
  );
}
