import type { Sql } from '../../database/sql.ts';

export interface Notification {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly body: string;
  readonly data: Record<string, unknown>;
  readonly readAt: Date | null;
  readonly createdAt: Date;
}

export interface NotificationFilter {
  readonly organizationId: string;
  readonly userId: string;
  readonly unreadOnly?: boolean;
  /** At most this many, 1 to 100. */
  readonly first: number;
}

/** A member's notifications, the newest first. */
export async function listNotifications(
  tx: Sql,
  filter: NotificationFilter,
): Promise<Notification[]> {
  return tx.query<Notification>(
    `select id, kind, title, body, data, read_at as "readAt", created_at as "createdAt"
       from notifications
      where org_id = $1 and user_id = $2 and (not $3 or read_at is null)
      order by created_at desc, id
      limit least(greatest($4::int, 1), 100)`,
    [filter.organizationId, filter.userId, filter.unreadOnly ?? false, filter.first],
  );
}
