import { createHash } from 'node:crypto';
import type { MailMessage } from '../../providers/contract.ts';

/** A message as `json_to_recordset` takes it; names are the columns of `messages`. */
export interface MessageRow {
  readonly provider_message_id: string;
  readonly internet_message_id: string | null;
  readonly thread_id: string | null;
  readonly folder: string | null;
  readonly folder_id: string;
  readonly labels: readonly string[];
  readonly direction: string;
  readonly from_address: string | null;
  readonly from_name: string | null;
  readonly to_recipients: unknown;
  readonly cc_recipients: unknown;
  readonly bcc_recipients: unknown;
  readonly subject: string | null;
  readonly snippet: string | null;
  readonly sent_at: string | null;
  readonly received_at: string;
  readonly body_text: string | null;
  readonly body_html: string | null;
  readonly is_read: boolean;
  readonly has_attachments: boolean;
  readonly attachments: unknown;
  readonly size_bytes: number | null;
  readonly change_key: string | null;
  /** SHA-256 of all of the above, hexadecimal. */
  readonly content_hash: string;
}

/**
 * The message as a row. The hash covers every stored column, so that an equal hash means that
 * writing the row again would change nothing.
 * @param folder the folder's name as people see it; null when it takes no part in the sync
 */
export function messageRow(message: MailMessage, folder: string | null): MessageRow {
  const row = {
    provider_message_id: message.id,
    internet_message_id: message.internetMessageId,
    thread_id: message.threadId,
    folder,
    folder_id: message.folderId,
    labels: message.labels,
    direction: message.direction,
    from_address: message.from?.address ?? null,
    from_name: message.from?.name ?? null,
    to_recipients: message.to,
    cc_recipients: message.cc,
    bcc_recipients: message.bcc,
    subject: message.subject,
    snippet: message.snippet,
    sent_at: message.sentAt?.toISOString() ?? null,
    received_at: message.receivedAt.toISOString(),
    body_text: message.bodyText,
    body_html: message.bodyHtml,
    is_read: message.isRead ?? false,
    has_attachments: message.hasAttachments,
    attachments: message.attachments,
    size_bytes: message.sizeBytes,
    change_key: message.changeKey,
  };
  const content_hash = createHash('sha256').update(JSON.stringify(row)).digest('hex');
  return { ...row, content_hash };
}
