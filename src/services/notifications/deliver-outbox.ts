import type { CompanyDatabase } from '../../database/company.ts';
import { errorText } from '../../errors.ts';
import { type Logger, redactText } from '../../log.ts';
import type { MailTransport } from './mail-transport.ts';
import { takeUnsentMails, type UnsentMail } from './take-unsent-mails.ts';

const everyOrganization = { role: 'service_role', organizationId: 'all' } as const;
const mailsAtOnce = 20;
/** Longest stored failure text, in characters. */
const longestError = 500;

export interface DeliveredMails {
  readonly sent: number;
  readonly failed: number;
  /** Without a mail server: left in the outbox and logged. */
  readonly kept: number;
}

/**
 * Sends what waits in a company database's outbox. No transaction is open while the mail server is
 * asked, so a crash between its yes and our note sends a mail twice, with the same Message-ID.
 */
export async function deliverOutbox(
  database: CompanyDatabase,
  transport: MailTransport | null,
  log: Logger,
): Promise<DeliveredMails> {
  if (transport === null) return keep(database, log);
  let sent = 0;
  let failed = 0;
  for (;;) {
    const mails = await database.transaction(everyOrganization, (tx) =>
      takeUnsentMails(tx, mailsAtOnce),
    );
    if (mails.length === 0) return { sent, failed, kept: 0 };
    for (const mail of mails) {
      if (await deliver(database, transport, log, mail)) sent += 1;
      else failed += 1;
    }
  }
}

async function deliver(
  database: CompanyDatabase,
  transport: MailTransport,
  log: Logger,
  mail: UnsentMail,
): Promise<boolean> {
  let fault: string | null = null;
  try {
    await transport.send({ ...mail, messageId: `<${mail.id}@lockstep>` });
  } catch (error) {
    fault = redactText(errorText(error)).slice(0, longestError);
    log.warn({ mailId: mail.id, attempts: mail.attempts, error: fault }, 'mail not sent');
  }
  await database.query(
    everyOrganization,
    `update mail_outbox set last_error = $2, sent_at = case when $2::text is null then now() end
      where id = $1`,
    [mail.id, fault],
  );
  return fault === null;
}

/** Says once per mail that it is kept; it is delivered as soon as a mail server is configured. */
async function keep(database: CompanyDatabase, log: Logger): Promise<DeliveredMails> {
  const kept = await database.query<{ id: string; subject: string }>(
    everyOrganization,
    `update mail_outbox set last_error = 'no mail server is configured (SMTP_URL)'
      where sent_at is null and attempts = 0 and last_error is null
      returning id, subject`,
  );
  for (const mail of kept) {
    log.info({ mailId: mail.id, subject: mail.subject }, 'mail kept in the outbox');
  }
  return { sent: 0, failed: 0, kept: kept.length };
}
