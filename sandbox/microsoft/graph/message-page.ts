import type { MessageIndex } from '../../core/mail/message-index.ts';
import { messageFields } from '../mailbox/message-fields.ts';
import type { MessageRecord } from '../mailbox/message-record.ts';
import type { MicrosoftSettings } from '../settings.ts';
import { compileFilter } from './filter-predicate.ts';
import { badQuery } from './graph-error.ts';
import type { GraphRequest } from './graph-request.ts';
import { linkTo } from './links.ts';
import { messageJson, readShape } from './message-json.ts';
import { sortMessages } from './order-by.ts';
import { finishPage } from './page-fault.ts';
import type { QueryOptions } from './query-options.ts';

/** Without $top a page holds this many. */
const defaultPage = 10;
const largestPage = 1000;

/** The messages that a query asks for, as a list that can be sliced cheaply. */
interface Found {
  readonly total: number;
  slice(from: number, to: number): MessageRecord[];
}

/** One page of GET .../messages. */
export function messagePage(
  request: GraphRequest,
  index: MessageIndex<MessageRecord>,
  options: QueryOptions,
  settings: MicrosoftSettings,
): Record<string, unknown> {
  if (options.top !== null && options.top > largestPage) {
    throw badQuery(
      `The limit of '${largestPage}' for Top query has been exceeded. The value from the incoming request is '${options.top}'.`,
    );
  }
  const shape = readShape(options.select, options.expand);
  const skip =
    options.skipToken === null ? options.skip : readSkipToken(options.skipToken, options.skip);
  const wanted = options.top ?? request.preferences.maxPageSize ?? defaultPage;
  const size = Math.min(wanted, settings.pageSize ?? wanted, largestPage);
  const found = find(request, index, options);
  const { fault } = request;
  const from = fault?.type === 'repeat-items' ? Math.max(0, skip - fault.count) : skip;
  const to = fault?.type === 'empty-page' ? from : skip + size;
  const value = found.slice(from, to).map((record) => messageJson(request, record, shape));
  const page: Record<string, unknown> = {
    '@odata.context': `https://graph.microsoft.com/v1.0/$metadata#users('${request.account.oid}')/messages`,
    ...(options.count ? { '@odata.count': found.total } : {}),
    value,
  };
  if (to < found.total)
    page['@odata.nextLink'] = nextLink(
      request,
      to,
      settings.listPaging,
      fault?.type === 'empty-page',
    );
  return finishPage(request, page);
}

/** How many messages a query finds. */
export function countMessages(
  request: GraphRequest,
  index: MessageIndex<MessageRecord>,
  options: QueryOptions,
): number {
  return find(request, index, options).total;
}

function find(
  request: GraphRequest,
  index: MessageIndex<MessageRecord>,
  options: QueryOptions,
): Found {
  const { view } = request;
  const search = options.filter === null ? null : compileFilter(options.filter.expression, view);
  const range =
    search === null ? { from: 0, to: index.size } : index.range(search.first, search.last);
  const records = index.records();
  const order = options.orderBy;
  const byArrival =
    order.length === 0 || (order.length === 1 && order[0]?.path === 'receivedDateTime');
  const ascending = order[0]?.descending === false;
  const test = options.search === null ? (search?.test ?? null) : wordTest(request, options.search);
  if (test === null && byArrival) {
    const total = Math.max(0, range.to - range.from);
    return {
      total,
      slice: (from, to) =>
        ascending
          ? records.slice(range.from + from, Math.min(range.to, range.from + to))
          : records
              .slice(Math.max(range.from, range.to - to), Math.max(range.from, range.to - from))
              .reverse(),
    };
  }
  const matching = records.slice(range.from, range.to).filter(test ?? (() => true));
  if (byArrival && !ascending) matching.reverse();
  const sorted = byArrival ? matching : sortMessages(matching, order, view);
  return { total: sorted.length, slice: (from, to) => sorted.slice(from, to) };
}

/** A plain search for words; the real $search knows a language of its own. */
function wordTest(request: GraphRequest, search: string): (record: MessageRecord) => boolean {
  const words = search.replaceAll('"', '').toLowerCase().split(/\s+/);
  return (record) => {
    const text =
      `${messageFields.subject(request.view, record) ?? ''} ${messageFields.bodyPreview(request.view, record)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

function nextLink(
  request: GraphRequest,
  skip: number,
  style: 'skip' | 'skiptoken',
  repeated: boolean,
): string {
  // After an empty page the link must differ from the request's own, as the real one does.
  if (style === 'skiptoken' || repeated) {
    const token = Buffer.from(
      JSON.stringify({ skip, salt: repeated ? request.url.searchParams.get('$skiptoken') : null }),
    ).toString('base64url');
    return linkTo(request.url, request.url.pathname, { $skip: null, $skiptoken: token });
  }
  return linkTo(request.url, request.url.pathname, { $skiptoken: null, $skip: String(skip) });
}

function readSkipToken(token: string, otherwise: number): number {
  try {
    const { skip } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { skip: unknown };
    return typeof skip === 'number' ? skip : otherwise;
  } catch {
    throw badQuery("The '$skiptoken' parameter is not valid.");
  }
}
