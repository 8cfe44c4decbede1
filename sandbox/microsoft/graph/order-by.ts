import { isMessageField, messageFields, type View } from '../mailbox/message-fields.ts';
import type { MessageRecord } from '../mailbox/message-record.ts';
import { badQuery } from './graph-error.ts';
import { readPath } from './read-path.ts';

export interface OrderBy {
  readonly path: string;
  readonly descending: boolean;
}

/** Reads $orderby. Whether its properties exist is checked where the type is known. */
export function parseOrderBy(text: string | undefined): OrderBy[] {
  if (text === undefined) return [];
  return text.split(',').map((part) => {
    const [path = '', direction = 'asc', ...rest] = part.trim().split(/\s+/);
    if (
      !/^[\w/]+$/.test(path) ||
      !['asc', 'desc'].includes(direction.toLowerCase()) ||
      rest.length > 0
    ) {
      throw badQuery(`Syntax error in $orderby '${part}'.`);
    }
    return { path, descending: direction.toLowerCase() === 'desc' };
  });
}

/** Sorts a copy; every key is read once per message. */
export function sortMessages(
  records: readonly MessageRecord[],
  orderBy: readonly OrderBy[],
  view: View,
): MessageRecord[] {
  for (const { path } of orderBy) {
    const [root = ''] = path.split('/');
    if (!isMessageField(root) || root === 'id' || root === 'body')
      throw badQuery(`The property '${path}' is not supported in $orderby.`);
  }
  const keyed = records.map((record) => ({
    record,
    keys: orderBy.map(({ path }) => key(readPath(messageFields, view, record, path))),
  }));
  keyed.sort((a, b) => {
    for (const [i, order] of orderBy.entries()) {
      const x = a.keys[i] ?? '';
      const y = b.keys[i] ?? '';
      if (x !== y) return (x < y ? -1 : 1) * (order.descending ? -1 : 1);
    }
    return b.record.n - a.record.n;
  });
  return keyed.map(({ record }) => record);
}

function key(value: unknown): string {
  return typeof value === 'string'
    ? value.toLowerCase()
    : typeof value === 'boolean'
      ? String(Number(value))
      : '';
}
