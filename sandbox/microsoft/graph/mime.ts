import { attachmentContent, attachmentsOf } from '../mailbox/attachments.ts';
import { messageFields, textOf, type View } from '../mailbox/message-fields.ts';
import type { MessageRecord, Person } from '../mailbox/message-record.ts';
import { textToHtml } from '../mailbox/text.ts';

/** RFC 2047 where a header needs it. */
function encodeHeader(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
}

function address(one: Person): string {
  return `"${encodeHeader(one.name)}" <${one.address}>`;
}

function base64Lines(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
}

/** A message as RFC 5322 text: alternative bodies, then attachments. */
export function messageMime(view: View, record: MessageRecord): Buffer {
  const people = (list: readonly { emailAddress?: unknown }[]) =>
    list.map((one) => address(one.emailAddress as Person)).join(', ');
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
    part('_alt_', 'Content-Type: text/plain; charset="utf-8"', Buffer.from(text)),
    part(
      '_alt_',
      'Content-Type: text/html; charset="utf-8"',
      Buffer.from(html === '' ? textToHtml(text) : html),
    ),
    '--_alt_--',
  ].join('\r\n');
  const files = attachmentsOf(record).flatMap((attachment, i) =>
    attachment.kind === 'file'
      ? [part('_mix_', fileHeaders(attachment), attachmentContent(record, i, attachment))]
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

function fileHeaders(attachment: {
  name: string;
  contentType: string | null;
  isInline: boolean;
  contentId: string | null;
}): string {
  const name = encodeHeader(attachment.name);
  return [
    `Content-Type: ${attachment.contentType ?? 'application/octet-stream'}; name="${name}"`,
    `Content-Disposition: ${attachment.isInline ? 'inline' : 'attachment'}; filename="${name}"`,
    ...(attachment.contentId === null ? [] : [`Content-ID: <${attachment.contentId}>`]),
  ].join('\r\n');
}

function part(boundary: string, headers: string, bytes: Uint8Array): string {
  return `--${boundary}\r\n${headers}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64Lines(bytes)}\r\n`;
}
