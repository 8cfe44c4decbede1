import { isMessageField, messageFields, type View } from '../mailbox/message-fields.ts';
import type { MessageRecord } from '../mailbox/message-record.ts';
import type { Comparison, Expression, Literal } from './filter-parser.ts';
import { badQuery, GraphError } from './graph-error.ts';
import { readPath } from './read-path.ts';

const dateFields = ['receivedDateTime', 'sentDateTime', 'createdDateTime', 'lastModifiedDateTime'];
/** Exchange cannot search these by $filter. */
const notFilterable = [
  'body',
  'uniqueBody',
  'toRecipients',
  'ccRecipients',
  'bccRecipients',
  'replyTo',
  'webLink',
  'internetMessageHeaders',
  'changeKey',
  'conversationIndex',
];

/** A filter as a search: a window of arrival found by binary search, and a test for what remains (null: nothing does). */
export interface Search {
  /** Seconds since 1970, both inclusive. */
  readonly first: number;
  readonly last: number;
  readonly test: ((record: MessageRecord) => boolean) | null;
}

export function compileFilter(expression: Expression, view: View): Search {
  const reader = messageReader(view);
  let first = Number.NEGATIVE_INFINITY;
  let last = Number.POSITIVE_INFINITY;
  const tests: ((record: MessageRecord) => boolean)[] = [];
  for (const part of conjuncts(expression)) {
    const window = arrivalWindow(part);
    if (window !== null) {
      first = Math.max(first, window.first);
      last = Math.min(last, window.last);
    } else {
      tests.push(predicate(part, reader));
    }
  }
  return {
    first,
    last,
    test: tests.length === 0 ? null : (record) => tests.every((test) => test(record)),
  };
}

/** The window of a comparison with receivedDateTime; null when the expression is something else. */
function arrivalWindow(part: Expression): { first: number; last: number } | null {
  if (part.type !== 'compare' || part.path !== 'receivedDateTime' || part.literal.type !== 'date')
    return null;
  const seconds = part.literal.value / 1000;
  const always = { first: Number.NEGATIVE_INFINITY, last: Number.POSITIVE_INFINITY };
  switch (part.comparison) {
    case 'ge':
      return { ...always, first: Math.ceil(seconds) };
    case 'gt':
      return { ...always, first: Math.floor(seconds) + 1 };
    case 'le':
      return { ...always, last: Math.floor(seconds) };
    case 'lt':
      return { ...always, last: Math.ceil(seconds) - 1 };
    case 'eq':
      return { first: Math.ceil(seconds), last: Math.floor(seconds) };
    case 'ne':
      return null;
  }
}

function conjuncts(expression: Expression): Expression[] {
  return expression.type === 'and'
    ? [...conjuncts(expression.left), ...conjuncts(expression.right)]
    : [expression];
}

/** How a filter reads the items of one type. */
export interface FilterReader<T> {
  read(item: T, path: string): unknown;
  /** Throws for what the type does not have or cannot be filtered by. */
  check(path: string, literal: Literal | null): void;
}

export function predicate<T>(
  expression: Expression,
  reader: FilterReader<T>,
): (item: T) => boolean {
  switch (expression.type) {
    case 'and':
    case 'or': {
      const left = predicate(expression.left, reader);
      const right = predicate(expression.right, reader);
      return expression.type === 'and'
        ? (item) => left(item) && right(item)
        : (item) => left(item) || right(item);
    }
    case 'not': {
      const inner = predicate(expression.inner, reader);
      return (item) => !inner(item);
    }
    case 'function': {
      const { name, path } = expression;
      reader.check(path, null);
      const text = expression.text.toLowerCase();
      return (item) => {
        const value = reader.read(item, path);
        if (typeof value !== 'string') return false;
        const lower = value.toLowerCase();
        if (name === 'contains') return lower.includes(text);
        return name === 'startswith' ? lower.startsWith(text) : lower.endsWith(text);
      };
    }
    case 'compare': {
      const { path, comparison, literal } = expression;
      reader.check(path, literal);
      return (item) => compare(reader.read(item, path), comparison, literal);
    }
  }
}

function messageReader(view: View): FilterReader<MessageRecord> {
  return {
    read: (record, path) => readPath(messageFields, view, record, path),
    check(path, literal) {
      const [root = ''] = path.split('/');
      if (!isMessageField(root))
        throw badQuery(
          `Could not find a property named '${path}' on type 'Microsoft.OutlookServices.Message'.`,
        );
      if (notFilterable.includes(root))
        throw new GraphError(
          400,
          'ErrorInvalidProperty',
          `The property '${path}' does not support filtering.`,
        );
      if (literal !== null && dateFields.includes(path) && literal.type !== 'date') {
        throw badQuery(
          `A binary operator with incompatible types was detected: '${path}' is of type Edm.DateTimeOffset.`,
        );
      }
    },
  };
}

function compare(value: unknown, comparison: Comparison, literal: Literal): boolean {
  if (literal.type === 'null')
    return comparison === 'eq' ? value === null : comparison === 'ne' && value !== null;
  const wanted = literal.type === 'string' ? literal.value.toLowerCase() : literal.value;
  const found =
    literal.type === 'date'
      ? Date.parse(String(value))
      : typeof value === 'string'
        ? value.toLowerCase()
        : value;
  if (typeof found !== typeof wanted || found === null) return comparison === 'ne';
  const order =
    found === wanted ? 0 : (found as string | number) < (wanted as string | number) ? -1 : 1;
  switch (comparison) {
    case 'eq':
      return order === 0;
    case 'ne':
      return order !== 0;
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'le':
      return order <= 0;
  }
}
