import type { Sql } from '../../database/sql.ts';
import type { MessageOwner } from '../mail/save-messages.ts';

/** Which of these messages are stored, and not marked as deleted. */
export async function findPresent(
  tx: Sql,
  owner: Pick<MessageOwner, 'organizationId' | 'connectionId'>,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ id: string }>(
    `select provider_message_id as id from messages
      where org_id = $1 and connection_id = $2 and provider_message_id = any ($3::text[])
        and deleted_at is null`,
    [owner.organizationId, owner.connectionId, ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Messages of a folder that are not in the list, received within the window. */
export async function findUnlisted(
  tx: Sql,
  owner: Pick<MessageOwner, 'organizationId' | 'connectionId'>,
  folderId: string,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select provider_message_id as id from messages
      where org_id = $1 and connection_id = $2 and folder_id = $3 and deleted_at is null
        and provider_message_id not in (select unnest($4::text[]))`,
    [owner.organizationId, owner.connectionId, folderId, ids],
  );
  return rows.map(({ id }) => id);
}
