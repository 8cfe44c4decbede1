import { createTransport } from 'nodemailer';

export interface OutgoingMail {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  /** Stable per mail, so that one sent twice after a crash can be told from two mails. */
  readonly messageId: string;
}

/** Sends mail; throws when the server does not take it. */
export interface MailTransport {
  send(mail: OutgoingMail): Promise<void>;
  close(): void;
}

/** Milliseconds a server may take to greet, and to answer. */
const silence = 20_000;

/**
 * Sends through an SMTP server (`smtp://` or `smtps://`). A null address means that none is
 * configured; then there is no transport and mails stay in the outbox.
 */
export function smtpTransport(smtpUrl: string | null, from: string): MailTransport | null {
  if (smtpUrl === null) return null;
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: silence,
    greetingTimeout: silence,
    socketTimeout: silence,
    // A mail never reads files or fetches addresses, whatever its text says.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, body, messageId }) {
      await transport.sendMail({ from, to, subject, text: body, messageId });
    },
    close: () => transport.close(),
  };
}
