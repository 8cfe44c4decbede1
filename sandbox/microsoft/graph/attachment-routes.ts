import { attachmentContent, attachmentsOf } from '../mailbox/attachments.ts';
import { decodeId } from '../mailbox/ids.ts';
import type { ExplicitAttachment, MessageRecord } from '../mailbox/message-record.ts';
import { attachmentJson, attachmentList } from './attachment-json.ts';
import { findMessage } from './find-message.ts';
import { GraphError, itemNotFound, malformedId } from './graph-error.ts';
import {
  type GraphAnswer,
  type GraphRoute,
  itemQuery,
  listQuery,
  mailReadScopes,
  type RouteInput,
} from './graph-route.ts';
import { messageMime } from './mime.ts';

function get(
  pattern: string,
  query: readonly string[],
  answer: (input: RouteInput) => GraphAnswer,
): GraphRoute {
  return { method: 'GET', pattern, scopes: mailReadScopes, query, answer };
}

/** Whether $expand asks for the item inside an item attachment. */
function wantsItem(input: RouteInput): boolean {
  return input.options.expand.some(
    (one) => one.property.toLowerCase() === 'microsoft.graph.itemattachment/item',
  );
}

export const attachmentRoutes: readonly GraphRoute[] = [
  'me/messages/{message}',
  'me/mailFolders/{folder}/messages/{message}',
].flatMap((base) => [
  get(`${base}/attachments`, listQuery, (input) => {
    const { request, params, options } = input;
    const value = attachmentList(
      request,
      findMessage(request.mailbox, params['message'] ?? ''),
      options.select,
      wantsItem(input),
    );
    const context = `https://graph.microsoft.com/v1.0/$metadata#users('${request.account.oid}')/messages/attachments`;
    return {
      status: 200,
      json: {
        '@odata.context': context,
        ...(options.count ? { '@odata.count': value.length } : {}),
        value,
      },
    };
  }),
  get(`${base}/attachments/$count`, [], ({ request, params }) => ({
    status: 200,
    bytes: Buffer.from(
      String(attachmentsOf(findMessage(request.mailbox, params['message'] ?? '')).length),
    ),
    type: 'text/plain',
  })),
  get(`${base}/attachments/{attachment}`, itemQuery, (input) => {
    const { record, attachment, position } = find(input);
    return {
      status: 200,
      json: attachmentJson(
        input.request,
        record,
        attachment,
        position,
        input.options.select,
        wantsItem(input),
      ),
    };
  }),
  get(`${base}/attachments/{attachment}/$value`, [], (input) => {
    const { record, attachment, position } = find(input);
    switch (attachment.kind) {
      case 'file':
        return {
          status: 200,
          bytes: attachmentContent(record, position, attachment),
          type: attachment.contentType ?? 'application/octet-stream',
        };
      case 'item':
        return { status: 200, bytes: messageMime(input.request.view, record), type: 'text/plain' };
      case 'reference':
        throw new GraphError(405, 'ErrorInvalidRequest', 'A reference attachment has no content.');
    }
  }),
]);

function find({ request, params }: RouteInput): {
  record: MessageRecord;
  attachment: ExplicitAttachment;
  position: number;
} {
  const record = findMessage(request.mailbox, params['message'] ?? '');
  const id = decodeId(request.mailbox, params['attachment'] ?? '');
  if (id?.kind !== 'attachment') throw malformedId();
  const attachment = attachmentsOf(record)[id.b];
  if (id.a !== record.n || attachment === undefined) throw itemNotFound();
  return { record, attachment, position: id.b };
}
