import type { Sql } from '../../database/sql.ts';

/** A folder as it was left by the last sync. */
export interface FollowedFolder {
  readonly id: string;
  readonly name: string;
  readonly watermark: string | null;
  readonly takenAt: Date | null;
}

/** The folders of a connection with the points from which they are followed. */
export function readFolders(
  tx: Sql,
  organizationId: string,
  connectionId: string,
): Promise<FollowedFolder[]> {
  return tx.query<FollowedFolder>(
    `select provider_folder_id as id, name, watermark, watermark_taken_at as "takenAt"
       from mail_folders where org_id = $1 and connection_id = $2 order by provider_folder_id`,
    [organizationId, connectionId],
  );
}
