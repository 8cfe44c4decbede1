import { queryFromInfo } from '@pothos/plugin-prisma';
import { directionOf } from '../resolvers/labels.ts';
import type { Attachment, Mailbox } from '../resolvers/message-parts.ts';
import { attachmentsOf, recipientsOf } from '../resolvers/message-parts.ts';
import { messagePage } from '../resolvers/messages.ts';
import { builder } from './builder.ts';
import { MailProvider, MessageDirection } from './enums.ts';
import { pageArgs, pageCost } from './page-args.ts';

const MailboxRef = builder.objectRef<Mailbox>('Mailbox').implement({
  description: 'A person or group in the header of a message, as the message names them.',
  fields: (t) => ({
    address: t.exposeString('address', { nullable: true, description: 'The mail address.' }),
    name: t.exposeString('name', { nullable: true, description: 'The display name.' }),
  }),
});

const AttachmentRef = builder.objectRef<Attachment>('MessageAttachment').implement({
  description: 'What is known of an attachment without its content.',
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: true,
      description: 'File name; null when it has none.',
    }),
    contentType: t.exposeString('contentType', { nullable: true, description: 'Media type.' }),
    sizeBytes: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'Size in bytes, as the provider states it.',
      resolve: ({ sizeBytes }) => (sizeBytes === null ? null : BigInt(sizeBytes)),
    }),
    isInline: t.exposeBoolean('isInline', { description: 'Whether the text shows it in place.' }),
  }),
});

export const Message = builder.prismaNode('Message', {
  id: { field: 'id' },
  description: 'A stored mail message.',
  select: { id: true },
  fields: (t) => ({
    connection: t.relation('connection', { description: 'The account it was read from.' }),
    providerMessageId: t.exposeString('providerMessageId', {
      description: "The provider's own id; Graph's immutable one for Outlook.",
    }),
    internetMessageId: t.exposeString('internetMessageId', {
      nullable: true,
      description: 'The Message-ID header; null when the message has none.',
    }),
    threadId: t.exposeString('threadId', {
      nullable: true,
      description: "The provider's conversation or thread.",
    }),
    folder: t.exposeString('folder', { nullable: true, description: 'Name of its folder.' }),
    labels: t.exposeStringList('labels', { description: 'Labels or categories; often none.' }),
    direction: t.field({
      type: MessageDirection,
      description: 'Whether it came in or went out.',
      select: { direction: true },
      resolve: ({ direction }) => directionOf(direction),
    }),
    from: t.field({
      type: MailboxRef,
      nullable: true,
      description: 'Who wrote it; null when the message does not say.',
      select: { fromAddress: true, fromName: true },
      resolve: ({ fromAddress: address, fromName: name }) =>
        address === null && name === null ? null : { address, name },
    }),
    to: t.field({
      type: [MailboxRef],
      description: 'The To header.',
      select: { toRecipients: true },
      resolve: ({ toRecipients }) => recipientsOf(toRecipients),
    }),
    cc: t.field({
      type: [MailboxRef],
      description: 'The Cc header.',
      select: { ccRecipients: true },
      resolve: ({ ccRecipients }) => recipientsOf(ccRecipients),
    }),
    bcc: t.field({
      type: [MailboxRef],
      description: "The Bcc header; known for the member's own messages only.",
      select: { bccRecipients: true },
      resolve: ({ bccRecipients }) => recipientsOf(bccRecipients),
    }),
    subject: t.exposeString('subject', { nullable: true, description: 'The subject line.' }),
    snippet: t.exposeString('snippet', {
      nullable: true,
      description: 'The beginning of the text, as the provider cuts it.',
    }),
    sentAt: t.expose('sentAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was sent, by its header.',
    }),
    receivedAt: t.expose('receivedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the provider received it.',
    }),
    bodyText: t.exposeString('bodyText', {
      nullable: true,
      description: 'The plain text; null when the message has none.',
    }),
    bodyHtml: t.exposeString('bodyHtml', {
      nullable: true,
      description: 'The HTML as it was sent, not cleaned: never put it into a page unfiltered.',
    }),
    isRead: t.exposeBoolean('isRead', { description: 'Whether it was read when last seen.' }),
    hasAttachments: t.exposeBoolean('hasAttachments', {
      description: 'Whether the provider says that it has attachments.',
    }),
    attachments: t.field({
      type: [AttachmentRef],
      description: 'Its attachments.',
      select: { attachments: true },
      resolve: ({ attachments }) => attachmentsOf(attachments),
    }),
    sizeBytes: t.expose('sizeBytes', {
      type: 'BigInt',
      nullable: true,
      description: 'Size in bytes; null when the provider does not state it.',
    }),
  }),
});

const MessageFilter = builder.inputType('MessageFilter', {
  description: 'Which messages to list. What is left out does not restrict.',
  fields: (t) => ({
    connectionId: t.id({ description: 'Of this account.' }),
    provider: t.field({ type: MailProvider, description: 'Of accounts of this provider.' }),
    folder: t.string({ description: 'In the folder of exactly this name.' }),
    direction: t.field({ type: MessageDirection, description: 'Only received or only sent.' }),
    from: t.field({ type: 'DateTime', description: 'Received at this moment or later.' }),
    to: t.field({ type: 'DateTime', description: 'Received before this moment.' }),
    mine: t.boolean({ description: "True: the caller's own mail only, also for administrators." }),
  }),
});

const Messages = builder.connectionObject(
  { type: Message, name: 'QueryMessagesConnection', description: 'Messages, the newest first.' },
  { name: 'QueryMessagesConnectionEdge', description: 'One message of the list.' },
);

builder.queryField('messages', (t) =>
  t.withAuth({ member: true }).field({
    type: Messages,
    description:
      'Stored messages that the caller may see, the last received first: their own, and for administrators all of the organisation.',
    args: {
      ...pageArgs,
      filter: t.arg({ type: MessageFilter, description: 'Which messages; all when left out.' }),
    },
    complexity: pageCost,
    resolve: (_root, args, context, info) =>
      messagePage(context, args, queryFromInfo({ context, info, path: ['edges', 'node'] })),
  }),
);
