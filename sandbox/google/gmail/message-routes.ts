import { badArgument, entityNotFound, GoogleError } from '../google-error.ts';
import { attachmentPart, messageId } from '../mailbox/ids.ts';
import type { MessageRecord } from '../mailbox/message-record.ts';
import { rawOf } from '../mailbox/message-text.ts';
import { type MimePart, parseMime } from '../mailbox/parse-mime.ts';
import { mailReadScopes } from '../oauth/scopes.ts';
import { findMessages, type MessageQuery } from './find-messages.ts';
import { type GmailRoute, type RouteInput, readScopes } from './gmail-route.ts';
import { type Format, formats, messageJson, poisoned, type Shape } from './message-json.ts';
import { pageOf, pageSize } from './page.ts';

export const listQuery = ['q', 'labelIds', 'includeSpamTrash', 'maxResults', 'pageToken'];

/** The question of messages.list and threads.list. */
export function readMessageQuery({ query, metadataOnly }: RouteInput): MessageQuery {
  const q = query.get('q') ?? '';
  if (q !== '' && metadataOnly)
    throw new GoogleError(403, 'forbidden', "Metadata scope does not support 'q' parameter");
  return {
    q,
    labelIds: query.getAll('labelIds'),
    includeSpamTrash: query.get('includeSpamTrash') === 'true',
  };
}

/** The list itself, newest first. Unknown labels are refused. */
export function foundMessages(input: RouteInput): MessageRecord[] {
  const query = readMessageQuery(input);
  const { labels } = input.view.mailbox;
  for (const label of query.labelIds)
    if (labels.find(label) !== label) throw badArgument(`Invalid label: ${label}`);
  return findMessages(query, {
    view: input.view,
    nowMs: input.google.core.clock.now(),
    afterBound: input.google.settings.current.afterBound,
  });
}

/** Gmail's guess at how many there are: right for one page, a round figure beyond it. */
export function estimate(total: number, size: number): number {
  return total <= size ? total : Math.min(total, 201);
}

export function pageRequest(input: RouteInput) {
  const { google, query, fault } = input;
  return {
    size: pageSize(query, google.settings.current),
    token: query.get('pageToken'),
    paging: google.settings.current.listPaging,
    fault,
  };
}

/** Puts an item of a page into the shape a fault asks for. */
export function spoilt(
  items: readonly Record<string, unknown>[],
  fault: RouteInput['fault'],
): (Record<string, unknown> | null)[] {
  return items.map((item, i) =>
    fault?.type === 'poison' && i === fault.index ? poisoned(item, fault.kind) : item,
  );
}

/** What a client wants of a message; the metadata scope opens no bodies. */
export function readShape({ google, query, metadataOnly }: RouteInput): Shape {
  const text = (query.get('format') ?? 'full').toLowerCase();
  const format = formats.find((known) => known === text);
  if (format === undefined)
    throw badArgument(
      `Invalid value at 'format' (type.googleapis.com/google.apps.gmail.v1.Format), "${text}"`,
    );
  if (metadataOnly && (['full', 'raw'] as Format[]).includes(format))
    throw new GoogleError(
      403,
      'forbidden',
      `Metadata scope doesn't allow format ${format.toUpperCase()}`,
    );
  return {
    format,
    metadataHeaders: format === 'metadata' ? query.getAll('metadataHeaders') : [],
    settings: google.settings.current,
    salt: () => google.core.random.bits(),
  };
}

/** The message of a path. */
export function findMessage({ view, params }: RouteInput): MessageRecord {
  const id = params['message'] ?? '';
  if (!/^[0-9a-f]{1,16}$/i.test(id)) throw badArgument('Invalid id value');
  const record = view.mailbox.find(id);
  if (record === undefined) throw entityNotFound();
  return record;
}

export const messageRoutes: readonly GmailRoute[] = [
  {
    method: 'GET',
    pattern: 'users/{user}/messages',
    id: 'users.messages.list',
    scopes: readScopes,
    query: listQuery,
    answer(input) {
      const { mailbox } = input.view;
      const found = foundMessages(input);
      const request = pageRequest(input);
      const page = pageOf(found, request, (record) => record);
      const items = page.items.map(({ n, thread }) => ({
        id: messageId(mailbox, n),
        threadId: messageId(mailbox, thread),
      }));
      const json = {
        // Absent, not empty, when there is nothing.
        ...(items.length === 0 ? {} : { messages: spoilt(items, input.fault) }),
        ...(page.nextPageToken === null ? {} : { nextPageToken: page.nextPageToken }),
        resultSizeEstimate: estimate(found.length, request.size),
      };
      return { status: 200, json };
    },
  },
  {
    method: 'GET',
    pattern: 'users/{user}/messages/{message}',
    id: 'users.messages.get',
    scopes: readScopes,
    query: ['format', 'metadataHeaders'],
    answer(input) {
      const json = messageJson(input.view, findMessage(input), readShape(input));
      const [item = null] = json === null ? [] : spoilt([json], input.fault);
      return { status: 200, json: item };
    },
  },
  {
    method: 'GET',
    pattern: 'users/{user}/messages/{message}/attachments/{attachment}',
    id: 'users.messages.attachments.get',
    scopes: mailReadScopes,
    query: [],
    answer(input) {
      const record = findMessage(input);
      const part = attachmentPart(input.params['attachment'] ?? '');
      if (part === null || part.n !== record.n) throw badArgument('Invalid attachment token');
      const found = partById(parseMime(rawOf(input.view, record)), part.partId);
      if (found === null) throw badArgument('Invalid attachment token');
      const json = { size: found.body.length, data: found.body.toString('base64url') };
      return { status: 200, json };
    },
  },
];

function partById(part: MimePart, partId: string): MimePart | null {
  if (part.partId === partId) return part;
  for (const child of part.parts) {
    const found = partById(child, partId);
    if (found !== null) return found;
  }
  return null;
}
