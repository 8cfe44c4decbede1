import type { Recipient } from '@microsoft/microsoft-graph-types';
import { envelope, type Person } from '../../core/mail/correspondents.ts';
import { generatedSubject, generatedText, htmlToText, textToHtml } from '../../core/mail/text.ts';
import { mix } from '../../core/random.ts';
import { hasAttachments } from './attachments.ts';
import { conversationId, messageId } from './ids.ts';
import type { Mailbox } from './mailbox.ts';
import { type MessageRecord, messageFlags } from './message-record.ts';

/** A mailbox with the account it belongs to, and how the client wants ids and bodies. */
export interface View {
  readonly mailbox: Mailbox;
  readonly owner: Person;
  readonly immutableIds: boolean;
  readonly bodyType: 'html' | 'text';
}

/** Exchange's form of a time: whole seconds, UTC. */
export function isoSeconds(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

export function changeKey(record: Pick<MessageRecord, 'change' | 'n'>): string {
  const bytes = Buffer.alloc(16);
  bytes.set([0x00, 0x16], 4);
  bytes.writeUInt32BE(record.n, 8);
  bytes.writeUInt32BE(record.change, 12);
  return `CQ${bytes.toString('base64')}`.replaceAll('=', '');
}

export function recipient(one: Person): Recipient {
  return { emailAddress: { name: one.name, address: one.address } };
}

export function internetMessageIdOf(mailbox: Mailbox, thread: number, position: number): string {
  const half = (salt: number) =>
    mix(mix(mailbox.seed, thread), position * 8 + salt)
      .toString(16)
      .toUpperCase()
      .padStart(8, '0');
  return `<${half(1)}${half(2)}${half(3)}@mail.sandbox.test>`;
}

function sentAt(record: MessageRecord): number {
  if (record.edits?.sentAt !== undefined) return record.edits.sentAt;
  return (record.flags & messageFlags.outbound) !== 0
    ? record.at
    : record.at - (1 + (record.seed % 30));
}

export function textOf(record: MessageRecord, atLeast?: number): string {
  const body = record.edits?.body;
  if (body === undefined) return generatedText(record, atLeast);
  return body.contentType === 'text' ? body.content : htmlToText(body.content);
}

function htmlOf(record: MessageRecord): string {
  const body = record.edits?.body;
  return body?.contentType === 'html' ? body.content : textToHtml(textOf(record));
}

function isOutbound(record: MessageRecord): boolean {
  return (record.flags & messageFlags.outbound) !== 0;
}

function fromOf(view: View, record: MessageRecord): Recipient | null {
  const from =
    record.edits?.from === undefined
      ? envelope(view.mailbox, view.owner, record, isOutbound(record)).from
      : record.edits.from;
  return from === null ? null : recipient(from);
}

function body(
  view: View,
  record: MessageRecord,
): { contentType: 'html' | 'text'; content: string } {
  return {
    contentType: view.bodyType,
    content: view.bodyType === 'text' ? textOf(record) : htmlOf(record),
  };
}

function idOf(view: View, record: MessageRecord): string {
  return messageId(view.mailbox, record, view.immutableIds);
}

function headers(view: View, record: MessageRecord): { name: string; value: string }[] {
  const { mailbox } = view;
  const parent =
    record.edits?.inReplyTo ??
    (record.position === 0
      ? null
      : internetMessageIdOf(mailbox, record.thread, record.position - 1));
  const references = Array.from({ length: record.position }, (_, i) =>
    internetMessageIdOf(mailbox, record.thread, i),
  ).join(' ');
  return [
    {
      name: 'Received',
      value: `from mx.sandbox.test (192.0.2.1) by ${mailbox.oid.slice(0, 8)}.sandbox.test; ${new Date(record.at * 1000).toUTCString()}`,
    },
    { name: 'Message-ID', value: messageFields.internetMessageId(view, record) ?? '' },
    ...(parent === null
      ? []
      : [
          { name: 'In-Reply-To', value: parent },
          { name: 'References', value: references === '' ? parent : references },
        ]),
    { name: 'Date', value: new Date(sentAt(record) * 1000).toUTCString() },
    { name: 'X-MS-Has-Attach', value: hasAttachments(record) ? 'yes' : '' },
  ];
}

/** Every property of a message that the sandbox serves, computed when it is asked for. */
export const messageFields = {
  id: idOf,
  createdDateTime: (_view: View, record: MessageRecord) => isoSeconds(record.at),
  lastModifiedDateTime: (_view: View, record: MessageRecord) =>
    isoSeconds(Math.max(record.modified, record.at)),
  changeKey: (_view: View, record: MessageRecord) => changeKey(record),
  categories: (_view: View, record: MessageRecord) => record.edits?.categories ?? [],
  receivedDateTime: (_view: View, record: MessageRecord) => isoSeconds(record.at),
  sentDateTime: (_view: View, record: MessageRecord) => isoSeconds(sentAt(record)),
  hasAttachments: (_view: View, record: MessageRecord) => hasAttachments(record),
  internetMessageId: (view: View, record: MessageRecord) =>
    record.edits?.internetMessageId === undefined
      ? internetMessageIdOf(view.mailbox, record.thread, record.position)
      : record.edits.internetMessageId,
  subject: (view: View, record: MessageRecord) =>
    record.edits?.subject === undefined
      ? generatedSubject(view.mailbox, record)
      : record.edits.subject,
  bodyPreview: (_view: View, record: MessageRecord) => textOf(record, 300).slice(0, 255),
  importance: (_view: View, record: MessageRecord) => record.edits?.importance ?? 'normal',
  parentFolderId: (view: View, record: MessageRecord) => view.mailbox.folderId(record.folder),
  conversationId: (view: View, record: MessageRecord) =>
    record.edits?.conversationId ?? conversationId(view.mailbox, record.thread),
  conversationIndex: (view: View, record: MessageRecord) =>
    Buffer.from(`${view.mailbox.seed}.${record.thread}.${record.position}`).toString('base64'),
  isDeliveryReceiptRequested: () => false,
  isReadReceiptRequested: () => false,
  isRead: (_view: View, record: MessageRecord) => (record.flags & messageFlags.read) !== 0,
  isDraft: (_view: View, record: MessageRecord) => (record.flags & messageFlags.draft) !== 0,
  webLink: (view: View, record: MessageRecord) =>
    `https://outlook.office365.com/owa/?ItemID=${encodeURIComponent(idOf(view, record))}&exvsurl=1&viewmodel=ReadMessageItem`,
  inferenceClassification: (_view: View, record: MessageRecord) =>
    record.seed % 4 === 0 ? 'other' : 'focused',
  body,
  sender: fromOf,
  from: fromOf,
  toRecipients: (view: View, record: MessageRecord) =>
    (record.edits?.to ?? envelope(view.mailbox, view.owner, record, isOutbound(record)).to).map(
      recipient,
    ),
  ccRecipients: (view: View, record: MessageRecord) =>
    (record.edits?.cc ?? envelope(view.mailbox, view.owner, record, isOutbound(record)).cc).map(
      recipient,
    ),
  bccRecipients: (_view: View, record: MessageRecord) => (record.edits?.bcc ?? []).map(recipient),
  replyTo: () => [],
  flag: (_view: View, record: MessageRecord) => ({
    flagStatus: record.edits?.flagged === true ? 'flagged' : 'notFlagged',
  }),
  internetMessageHeaders: headers,
  uniqueBody: body,
} as const;

export type MessageField = keyof typeof messageFields;

/** Properties that come only when they are selected by name. */
const onlySelected: readonly MessageField[] = ['internetMessageHeaders', 'uniqueBody'];

export const defaultFields = (Object.keys(messageFields) as MessageField[]).filter(
  (field) => !onlySelected.includes(field),
);

export function isMessageField(name: string): name is MessageField {
  return Object.hasOwn(messageFields, name);
}
