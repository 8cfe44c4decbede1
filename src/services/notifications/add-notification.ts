import type { Sql } from '../../database/sql.ts';

export interface NewNotification {
  readonly organizationId: string;
  readonly userId: string;
  readonly kind: string;
  readonly title: string;
  readonly body: string;
  /** For programs; no private text. */
  readonly data?: Record<string, unknown>;
  /** One notification per member and cause. */
  readonly dedupeKey: string;
}

/** Tells a member something once per cause, in the caller's transaction; false when it was told before. */
export async function addNotification(tx: Sql, notification: NewNotification): Promise<boolean> {
  const rows = await tx.query(
    `insert into notifications (org_id, user_id, kind, title, body, data, dedupe_key)
     values ($1, $2, $3, $4, $5, $6::jsonb, $7)
     on conflict (org_id, user_id, dedupe_key) do nothing
     returning id`,
    [
      notification.organizationId,
      notification.userId,
      notification.kind,
      notification.title,
      notification.body,
      JSON.stringify(notification.data ?? {}),
      notification.dedupeKey,
    ],
  );
  return rows.length === 1;
}
