import { badArgument, entityNotFound } from '../google-error.ts';
import {
  type HistoryEntry,
  type HistoryKind,
  historyAfter,
  historyKinds,
} from '../mailbox/history.ts';
import { messageId } from '../mailbox/ids.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { type GmailRoute, type RouteInput, readScopes } from './gmail-route.ts';
import { messageReference } from './message-json.ts';
import { spoilt } from './message-routes.ts';
import { pageSize, readPageToken, writePageToken } from './page.ts';

export const historyRoutes: readonly GmailRoute[] = [
  {
    method: 'GET',
    pattern: 'users/{user}/history',
    id: 'users.history.list',
    scopes: readScopes,
    query: ['startHistoryId', 'maxResults', 'labelId', 'historyTypes', 'pageToken'],
    answer: historyPage,
  },
];

function historyPage(input: RouteInput) {
  const { google, query, fault } = input;
  const { mailbox } = input.view;
  const settings = google.settings.current;
  mailbox.expireHistory(google.core.clock.now() - settings.historyDays * 86_400_000);
  const start = readStart(query.get('startHistoryId'));
  // The cursor may die between two pages.
  if (start < mailbox.historyFloor || start > mailbox.historyId) throw entityNotFound();
  const token = query.get('pageToken');
  const after = token === null ? start : readPageToken<{ after: number }>(token).after;
  const size = pageSize(query, settings);
  const filter = { after, kinds: readKinds(query), label: query.get('labelId') };
  const found = historyAfter(mailbox, filter, size);
  const page = fault?.type === 'empty-page' ? [] : found.slice(0, size);
  const last = fault?.type === 'empty-page' ? after : (page.at(-1)?.id ?? after);
  const more = found.length > page.length;
  const next = fault?.type === 'cyclic-next-link' ? after : last;
  const json = {
    ...(page.length === 0
      ? {}
      : {
          history: spoilt(
            page.map((entry) => entryJson(mailbox, entry)),
            fault,
          ),
        }),
    ...(more ? { nextPageToken: writePageToken({ after: next }, token) } : {}),
    historyId: String(mailbox.historyId),
  };
  return { status: 200, json };
}

function readStart(text: string | null): number {
  if (text === null) throw badArgument('Missing required parameter: startHistoryId');
  if (!/^\d{1,20}$/.test(text) || Number(text) === 0)
    throw badArgument(`Invalid value at 'start_history_id' (TYPE_UINT64), "${text}"`);
  return Number(text);
}

function readKinds(query: URLSearchParams): readonly HistoryKind[] {
  const wanted = query.getAll('historyTypes');
  if (wanted.length === 0) return historyKinds;
  return wanted.map((text) => {
    const kind = historyKinds.find((known) => known.toLowerCase() === text.toLowerCase());
    if (kind === undefined) throw badArgument(`Invalid value at 'history_types', "${text}"`);
    return kind;
  });
}

/** The parameter names of kinds are singular, the members of a record plural. */
const members: Record<HistoryKind, string> = {
  messageAdded: 'messagesAdded',
  messageDeleted: 'messagesDeleted',
  labelAdded: 'labelsAdded',
  labelRemoved: 'labelsRemoved',
};

function entryJson(mailbox: Mailbox, entry: HistoryEntry): Record<string, unknown> {
  const message = messageReference({ mailbox }, entry);
  const change = entry.changed.length === 0 ? { message } : { message, labelIds: entry.changed };
  return {
    id: String(entry.id),
    messages: [{ id: messageId(mailbox, entry.n), threadId: messageId(mailbox, entry.thread) }],
    [members[entry.kind]]: [change],
  };
}
