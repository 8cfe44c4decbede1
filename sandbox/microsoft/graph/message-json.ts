import type { PoisonKind } from '../../core/fault-rule.ts';
import {
  changeKey,
  defaultFields,
  isMessageField,
  type MessageField,
  messageFields,
} from '../mailbox/message-fields.ts';
import type { MessageRecord } from '../mailbox/message-record.ts';
import { attachmentList } from './attachment-json.ts';
import { badQuery, GraphError } from './graph-error.ts';
import type { GraphRequest } from './graph-request.ts';
import type { Expand } from './query-options.ts';

export interface Shape {
  readonly fields: readonly MessageField[];
  readonly expand: Expand | null;
}

/** What $select and $expand ask for; `id` always comes along. */
export function readShape(select: readonly string[] | null, expand: readonly Expand[]): Shape {
  const other = expand.find((one) => one.property !== 'attachments');
  if (other !== undefined)
    throw badQuery(
      `Could not find a property named '${other.property}' on type 'Microsoft.OutlookServices.Message', or the sandbox cannot expand it.`,
    );
  return { fields: select === null ? defaultFields : selected(select), expand: expand[0] ?? null };
}

function selected(select: readonly string[]): MessageField[] {
  const fields = new Set<MessageField>();
  for (const name of select) {
    // OData names are case-sensitive, but Graph forgives the first letters.
    const field = defaultAndRare.find((known) => known.toLowerCase() === name.toLowerCase());
    if (field === undefined)
      throw badQuery(
        `Could not find a property named '${name}' on type 'Microsoft.OutlookServices.Message'.`,
      );
    fields.add(field);
  }
  fields.add('id');
  return [...fields];
}

const defaultAndRare = Object.keys(messageFields).filter(isMessageField);

/** A message as Graph writes it. */
export function messageJson(
  request: GraphRequest,
  record: MessageRecord,
  shape: Shape,
): Record<string, unknown> | null {
  const poison = record.edits?.poison;
  if (poison === 'page-error' && shape.fields.includes('body'))
    throw new GraphError(504, 'UnknownError', '');
  const json: Record<string, unknown> = {};
  if (record.edits?.meeting === true) json['@odata.type'] = '#microsoft.graph.eventMessageRequest';
  json['@odata.etag'] = `W/"${changeKey(record)}"`;
  for (const field of shape.fields) json[field] = messageFields[field](request.view, record);
  if (shape.expand !== null)
    json['attachments'] = attachmentList(request, record, shape.expand.select, false);
  // A message that breaks pages does so by its body; without the body it is like any other.
  return poison === undefined || poison === 'page-error' ? json : poisoned(json, poison);
}

/** Spoils a message in a way that a client must survive. */
export function poisoned(
  json: Record<string, unknown>,
  kind: PoisonKind,
): Record<string, unknown> | null {
  const { id: _id, ...withoutId } = json;
  switch (kind) {
    case 'missing-id':
      return withoutId;
    case 'null-id':
      return { ...json, id: null };
    case 'bad-date':
      return { ...json, receivedDateTime: 'yesterday', sentDateTime: '0001-13-45T99:99:99Z' };
    case 'null-date':
      return { ...json, receivedDateTime: null, sentDateTime: null };
    case 'nul-subject':
      return { ...json, subject: 'Nul \u0000 inside', bodyPreview: 'a\u0000b' };
    case 'lone-surrogate':
      return { ...json, subject: 'Lone \ud83d surrogate', bodyPreview: '\udc00' };
    case 'wrong-types':
      return { ...json, subject: 42, toRecipients: 'nobody', from: [], isRead: 'yes' };
    case 'null-item':
      return null;
    case 'page-error':
      throw new GraphError(504, 'UnknownError', '');
  }
}
