import type { Sql } from '../../database/sql.ts';

export interface UnsentMail {
  readonly id: string;
  readonly organizationId: string;
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  /** This attempt counted. */
  readonly attempts: number;
}

/** After so many failures a mail stays in the outbox for a person to look at. */
export const mostMailAttempts = 10;

/**
 * Takes mails that are due, each for one caller: the counted attempt and its time put the mail out
 * of reach of others for 1, 2, 4 … up to 60 minutes, which is also the wait after a failure.
 */
export async function takeUnsentMails(tx: Sql, most: number): Promise<UnsentMail[]> {
  return tx.query<UnsentMail>(
    `update mail_outbox set attempts = attempts + 1, updated_at = clock_timestamp()
      where id in (
        select id from mail_outbox
         where sent_at is null and attempts < $2
           and (attempts = 0
             or updated_at <= now() - least(power(2, attempts - 1), 60) * interval '1 minute')
         order by created_at limit $1
         for update skip locked)
      returning id, org_id as "organizationId", to_address as "to", subject, body, attempts`,
    [most, mostMailAttempts],
  );
}
