import { MessageIndex } from '../../core/mail/message-index.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { MessageRecord } from '../mailbox/message-record.ts';
import { findMessage } from './find-message.ts';
import { findFolder } from './folder-json.ts';
import { itemNotFound } from './graph-error.ts';
import {
  type GraphAnswer,
  type GraphRoute,
  itemQuery,
  listQuery,
  mailReadScopes,
  type RouteInput,
} from './graph-route.ts';
import { messageJson, readShape } from './message-json.ts';
import { countMessages, messagePage } from './message-page.ts';
import { messageMime } from './mime.ts';

const all = 'me/messages';
const inFolder = 'me/mailFolders/{folder}/messages';
const messageQuery = [...itemQuery, 'includehiddenmessages'];

function get(
  pattern: string,
  query: readonly string[],
  answer: (input: RouteInput) => GraphAnswer,
): GraphRoute {
  return { method: 'GET', pattern, scopes: mailReadScopes, query, answer };
}

/** The same operations exist on the whole mailbox and on one folder. */
export const messageRoutes: readonly GraphRoute[] = [all, inFolder].flatMap((base) => [
  get(base, [...listQuery, 'includehiddenmessages'], ({ request, options, params, microsoft }) => ({
    status: 200,
    json: messagePage(
      request,
      indexOf(request.mailbox, params, options.custom),
      options,
      microsoft.settings.current,
    ),
  })),
  get(`${base}/$count`, ['$filter', '$search'], ({ request, options, params }) => ({
    status: 200,
    bytes: Buffer.from(
      String(countMessages(request, indexOf(request.mailbox, params, options.custom), options)),
    ),
    type: 'text/plain',
  })),
  get(`${base}/{message}`, messageQuery, ({ request, options, params }) => {
    const record = find(request.mailbox, params);
    const json = messageJson(request, record, readShape(options.select, options.expand));
    const context = `https://graph.microsoft.com/v1.0/$metadata#users('${request.account.oid}')/messages/$entity`;
    return { status: 200, json: json === null ? null : { '@odata.context': context, ...json } };
  }),
  get(`${base}/{message}/$value`, [], ({ request, params }) => ({
    status: 200,
    bytes: messageMime(request.view, find(request.mailbox, params)),
    type: 'text/plain',
  })),
]);

/** The messages of a folder, or of all folders. */
function indexOf(
  mailbox: Mailbox,
  params: Record<string, string>,
  custom: ReadonlyMap<string, string>,
): MessageIndex<MessageRecord> {
  if (params['folder'] !== undefined)
    return mailbox.shown(findFolder(mailbox, params['folder'])).index;
  if (custom.get('includehiddenmessages')?.toLowerCase() !== 'true') return mailbox.visible;
  const index = new MessageIndex<MessageRecord>();
  for (const folder of mailbox.folders.values())
    for (const record of folder.index.records()) index.add(record);
  return index;
}

function find(mailbox: Mailbox, params: Record<string, string>) {
  const record = findMessage(mailbox, params['message'] ?? '');
  if (
    params['folder'] !== undefined &&
    mailbox.shown(findFolder(mailbox, params['folder'])).number !== record.folder
  )
    throw itemNotFound();
  return record;
}
