import type { Sql } from '../../database/sql.ts';

export interface MarkRead {
  readonly organizationId: string;
  readonly userId: string;
  /** All of the member's unread ones when absent. */
  readonly ids?: readonly string[] | undefined;
}

/**
 * Marks a member's own notifications as read; others' ids are ignored. Read ones keep their time.
 * @returns how many changed
 */
export async function markNotificationsRead(tx: Sql, mark: MarkRead): Promise<number> {
  const rows = await tx.query(
    `update notifications set read_at = now()
      where org_id = $1 and user_id = $2 and read_at is null
        and ($3::uuid[] is null or id = any($3::uuid[]))
      returning id`,
    [mark.organizationId, mark.userId, mark.ids ?? null],
  );
  return rows.length;
}
