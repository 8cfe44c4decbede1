import type { Sql } from '../../database/sql.ts';

export interface FolderRow {
  readonly provider_folder_id: string;
  readonly name: string;
  readonly well_known: string | null;
  readonly total_count: number | null;
}

export interface FolderOwner {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly userId: string;
}

/** Writes the mailbox's folders; a watermark that a folder has already stays. */
export async function saveFolders(
  tx: Sql,
  owner: FolderOwner,
  folders: readonly FolderRow[],
): Promise<void> {
  await tx.query(
    `insert into mail_folders
       (org_id, connection_id, user_id, provider_folder_id, name, well_known, total_count)
     select $1, $2, $3, provider_folder_id, name, well_known, total_count
       from json_to_recordset($4::json) as f
            (provider_folder_id text, name text, well_known text, total_count int)
     on conflict (org_id, connection_id, provider_folder_id) do update set
       name = excluded.name, well_known = excluded.well_known, total_count = excluded.total_count`,
    [owner.organizationId, owner.connectionId, owner.userId, JSON.stringify(folders)],
  );
}
