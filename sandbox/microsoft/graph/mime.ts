import type { Person } from '../../core/mail/correspondents.ts';
import { encodeHeader, fileHeaders, mailAddress, mimePart } from '../../core/mail/mime-writer.ts';
import { textToHtml } from '../../core/mail/text.ts';
import { attachmentContent, attachmentsOf } from '../mailbox/attachments.ts';
import { messageFields, textOf, type View } from '../mailbox/message-fields.ts';
import type { MessageRecord } from '../mailbox/message-record.ts';

/** A message as RFC 5322 text: alternative bodies, then attachments. */
export function messageMime(view: View, record: MessageRecord): Buffer {
  const people = (list: readonly { emailAddress?: unknown }[]) =>
    list.map((one) => mailAddress(one.emailAddress as Person)).join(', ');
  const from = messageFields.from(view, record);
  const text = textOf(record);
  const html = messageFields.body({ ...view, bodyType: 'html' }, record).content;
  const headers = [
    ...messageFields
      .internetMessageHeaders(view, record)
      .map(({ name, value }) => `${name}: ${value}`),
    ...(from === null ? [] : [`From: ${people([from])}`]),
    `To: ${people(messageFields.toRecipients(view, record))}`,
    `Cc: ${people(messageFields.ccRecipients(view, record))}`,
    `Subject: ${encodeHeader(messageFields.subject(view, record) ?? '')}`,
    'MIME-Version: 1.0',
  ];
  const body = [
    'Content-Type: multipart/alternative; boundary="_alt_"',
    '',
    mimePart('_alt_', 'Content-Type: text/plain; charset="utf-8"', Buffer.from(text)),
    mimePart(
      '_alt_',
      'Content-Type: text/html; charset="utf-8"',
      Buffer.from(html === '' ? textToHtml(text) : html),
    ),
    '--_alt_--',
  ].join('\r\n');
  const files = attachmentsOf(record).flatMap((attachment, i) =>
    attachment.kind === 'file'
      ? [mimePart('_mix_', fileHeaders(attachment), attachmentContent(record, i, attachment))]
      : [],
  );
  const whole =
    files.length === 0
      ? [body]
      : [
          'Content-Type: multipart/mixed; boundary="_mix_"',
          '',
          `--_mix_\r\n${body}\r\n`,
          ...files,
          '--_mix_--',
        ];
  return Buffer.from([...headers, ...whole, ''].join('\r\n'));
}
