import { badArgument, entityNotFound } from '../google-error.ts';
import { messageId, messageNumber } from '../mailbox/ids.ts';
import type { MessageRecord } from '../mailbox/message-record.ts';
import { type GmailRoute, readScopes } from './gmail-route.ts';
import { messageJson, snippetOf } from './message-json.ts';
import {
  estimate,
  foundMessages,
  listQuery,
  pageRequest,
  readShape,
  spoilt,
} from './message-routes.ts';
import { pageOf } from './page.ts';

export const threadRoutes: readonly GmailRoute[] = [
  {
    method: 'GET',
    pattern: 'users/{user}/threads',
    id: 'users.threads.list',
    scopes: readScopes,
    query: listQuery,
    answer(input) {
      const { view } = input;
      const latest = latestOfThreads(foundMessages(input));
      const request = pageRequest(input);
      const page = pageOf(latest, request, (record) => record);
      const threads = page.items.map((record) => ({
        id: messageId(view.mailbox, record.thread),
        snippet: snippetOf(view, record),
        historyId: String(record.change),
      }));
      const json = {
        ...(threads.length === 0 ? {} : { threads: spoilt(threads, input.fault) }),
        ...(page.nextPageToken === null ? {} : { nextPageToken: page.nextPageToken }),
        resultSizeEstimate: estimate(latest.length, request.size),
      };
      return { status: 200, json };
    },
  },
  {
    method: 'GET',
    pattern: 'users/{user}/threads/{thread}',
    id: 'users.threads.get',
    scopes: readScopes,
    query: ['format', 'metadataHeaders'],
    answer(input) {
      const { view, params } = input;
      const id = params['thread'] ?? '';
      if (!/^[0-9a-f]{1,16}$/i.test(id)) throw badArgument('Invalid id value');
      const shape = readShape(input);
      if (shape.format === 'raw') throw badArgument('Raw format is not supported for threads');
      const records = view.mailbox.thread(messageNumber(view.mailbox, id) ?? 0);
      if (records.length === 0) throw entityNotFound();
      const json = {
        id,
        historyId: String(Math.max(...records.map((record) => record.change))),
        messages: records.map((record) => messageJson(view, record, shape)),
      };
      return { status: 200, json };
    },
  },
];

/** One message per thread, the newest that was found. */
function latestOfThreads(found: readonly MessageRecord[]): MessageRecord[] {
  const seen = new Set<number>();
  return found.filter(({ thread }) => {
    if (seen.has(thread)) return false;
    seen.add(thread);
    return true;
  });
}
