import type { Sql } from '../../database/sql.ts';

export interface NewMail {
  readonly organizationId: string;
  readonly userId: string;
  readonly to: string;
  readonly subject: string;
  /** Plain text. */
  readonly body: string;
  /** One mail per organisation and cause. */
  readonly dedupeKey: string;
}

/** Puts a mail into the outbox, in the caller's transaction; false when it is there already. */
export async function queueMail(tx: Sql, mail: NewMail): Promise<boolean> {
  const rows = await tx.query(
    `insert into mail_outbox (org_id, user_id, to_address, subject, body, dedupe_key)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (org_id, dedupe_key) do nothing
     returning id`,
    [mail.organizationId, mail.userId, mail.to, mail.subject, mail.body, mail.dedupeKey],
  );
  return rows.length === 1;
}
