import { attachmentContent, attachmentsOf } from '../mailbox/attachments.ts';
import { attachmentId } from '../mailbox/ids.ts';
import { isoSeconds, messageFields } from '../mailbox/message-fields.ts';
import type { ExplicitAttachment, MessageRecord } from '../mailbox/message-record.ts';
import { badQuery } from './graph-error.ts';
import type { GraphRequest } from './graph-request.ts';

/** Exchange counts properties around the bytes too, so `size` is never the length of the content. */
const overhead = 156;

const names = [
  'id',
  'lastModifiedDateTime',
  'name',
  'contentType',
  'size',
  'isInline',
  'contentId',
  'contentLocation',
  'contentBytes',
];

export function attachmentList(
  request: GraphRequest,
  record: MessageRecord,
  select: readonly string[] | null,
  withItem: boolean,
): Record<string, unknown>[] {
  return attachmentsOf(record).map((attachment, position) =>
    attachmentJson(request, record, attachment, position, select, withItem),
  );
}

/** An attachment as Graph writes it. Without $select the bytes of files come along. */
export function attachmentJson(
  request: GraphRequest,
  record: MessageRecord,
  attachment: ExplicitAttachment,
  position: number,
  select: readonly string[] | null,
  withItem: boolean,
): Record<string, unknown> {
  const unknown = select?.find((name) => !names.includes(name.split('/').at(-1) ?? ''));
  if (unknown !== undefined)
    throw badQuery(
      `Could not find a property named '${unknown}' on type 'Microsoft.OutlookServices.Attachment'.`,
    );
  const wanted = select?.map((name) => name.split('/').at(-1) ?? '');
  const all: Record<string, () => unknown> = {
    id: () => attachmentId(request.mailbox, record, position),
    lastModifiedDateTime: () => isoSeconds(record.at),
    name: () => attachment.name,
    contentType: () => attachment.contentType,
    size: () => attachment.size + overhead,
    isInline: () => attachment.isInline,
  };
  if (attachment.kind === 'file') {
    all['contentId'] = () => attachment.contentId;
    all['contentLocation'] = () => null;
    all['contentBytes'] = () => attachmentContent(record, position, attachment).toString('base64');
  }
  const json: Record<string, unknown> = {
    '@odata.type': `#microsoft.graph.${attachment.kind}Attachment`,
    ...(attachment.kind === 'file' ? { '@odata.mediaContentType': attachment.contentType } : {}),
  };
  for (const [name, read] of Object.entries(all))
    if (name === 'id' || wanted === undefined || wanted.includes(name)) json[name] = read();
  if (attachment.kind === 'item' && withItem) json['item'] = attachedItem(request, record);
  return json;
}

/** The message inside an item attachment: made up from the one it hangs on. */
export function attachedItem(
  request: GraphRequest,
  record: MessageRecord,
): Record<string, unknown> {
  return {
    '@odata.type': '#microsoft.graph.message',
    id: '',
    subject: 'Forwarded message',
    receivedDateTime: isoSeconds(record.at - 86_400),
    from: messageFields.from(request.view, record),
    toRecipients: messageFields.toRecipients(request.view, record),
    body: { contentType: 'text', content: 'The message that was forwarded.' },
    hasAttachments: false,
  };
}
