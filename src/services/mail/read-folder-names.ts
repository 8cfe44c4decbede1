import type { Sql } from '../../database/sql.ts';

/** The folders of a connection that take part, by the provider's id, with the names people see. */
export async function readFolderNames(
  tx: Sql,
  organizationId: string,
  connectionId: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ id: string; name: string }>(
    `select provider_folder_id as id, name from mail_folders
      where org_id = $1 and connection_id = $2`,
    [organizationId, connectionId],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
