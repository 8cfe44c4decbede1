import type { FaultAction } from '../../core/fault-rule.ts';
import { GoogleError } from '../google-error.ts';
import type { MessageRecord } from '../mailbox/message-record.ts';
import type { GoogleSettings } from '../settings.ts';

/** Where a page begins: so many items in, or after the item that came last. */
type Place = { readonly offset: number } | { readonly at: number; readonly n: number };

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string | null;
}

export interface PageRequest {
  readonly size: number;
  readonly token: string | null;
  readonly paging: GoogleSettings['listPaging'];
  readonly fault: FaultAction | null;
}

/** One page of a list that is newest first. `keyOf` gives the message that an item stands for. */
export function pageOf<T>(
  list: readonly T[],
  request: PageRequest,
  keyOf: (item: T) => Pick<MessageRecord, 'at' | 'n'>,
): Page<T> {
  const { fault, size, token } = request;
  const start = token === null ? 0 : startOf(list, readPageToken<Place>(token), keyOf);
  const from = fault?.type === 'repeat-items' ? Math.max(0, start - fault.count) : start;
  const to = fault?.type === 'empty-page' ? start : start + size;
  const items = list.slice(from, to);
  if (to >= list.length) return { items, nextPageToken: null };
  if (fault?.type === 'cyclic-next-link')
    return { items, nextPageToken: token ?? writePageToken({ offset: 0 }) };
  const last = list[to - 1];
  const next: Place =
    request.paging === 'position' && last !== undefined
      ? { at: keyOf(last).at, n: keyOf(last).n }
      : { offset: to };
  return {
    items,
    nextPageToken: writePageToken(next, fault?.type === 'empty-page' ? token : null),
  };
}

function startOf<T>(
  list: readonly T[],
  place: Place,
  keyOf: (item: T) => Pick<MessageRecord, 'at' | 'n'>,
): number {
  if ('offset' in place) return place.offset;
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = list[middle];
    const key = item === undefined ? place : keyOf(item);
    const isOlder = key.at < place.at || (key.at === place.at && key.n < place.n);
    if (isOlder) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Page tokens are opaque; `salt` makes one differ from that of the page before it. */
export function writePageToken(place: object, salt: string | null = null): string {
  const salted = salt === null ? place : { ...place, salt: salt.length };
  return Buffer.from(JSON.stringify(salted)).toString('base64url');
}

export function readPageToken<T>(token: string): T {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (typeof value === 'object' && value !== null) return value as T;
  } catch {
    // Falls through to the same refusal.
  }
  throw new GoogleError(400, 'invalidArgument', 'Invalid pageToken');
}

/** The size of a page: what was asked for (100 without a wish), never above 500 or the setting. */
export function pageSize(query: URLSearchParams, settings: GoogleSettings): number {
  const text = query.get('maxResults');
  if (text !== null && !/^\d+$/.test(text))
    throw new GoogleError(
      400,
      'invalidArgument',
      `Invalid value at 'max_results' (TYPE_UINT32), "${text}"`,
    );
  const wanted = Number(text ?? 0) || 100;
  return Math.min(wanted, 500, settings.pageSize ?? 500);
}
