import type { Mailbox } from '../../mailbox/mailbox.ts';
import type { MessageRecord } from '../../mailbox/message-record.ts';
import { rawOf, type SearchText, searchText, type View } from '../../mailbox/message-text.ts';
import type { Term } from './parser.ts';
import { readQueryAge, readQueryDate } from './query-date.ts';

export interface SearchContext {
  readonly view: View;
  readonly nowMs: number;
  readonly afterBound: 'inclusive' | 'exclusive';
}

/** A compiled search. */
export interface Search {
  /** Window of arrival that no match lies outside of, in milliseconds, both inclusive. */
  readonly first: number;
  readonly last: number;
  test(record: MessageRecord): boolean;
}

type Test = (record: MessageRecord, text: () => SearchText) => boolean;

/** Compiles a search; what is at the top bounds the window of arrival. */
export function compileSearch(term: Term, context: SearchContext): Search {
  const test = compile(term, context);
  const tops = term.type === 'all' ? term.terms : [term];
  let first = 0;
  let last = Number.MAX_SAFE_INTEGER;
  for (const top of tops) {
    const bounds = top.type === 'operator' ? timeBounds(top.name, top.value, context) : null;
    first = Math.max(first, bounds?.first ?? first);
    last = Math.min(last, bounds?.last ?? last);
  }
  return {
    first,
    last,
    test: (record) => {
      let known: SearchText | null = null;
      return test(record, () => {
        known ??= searchText(context.view, record);
        return known;
      });
    },
  };
}

function compile(term: Term, context: SearchContext): Test {
  switch (term.type) {
    case 'all': {
      const tests = term.terms.map((one) => compile(one, context));
      return (record, text) => tests.every((test) => test(record, text));
    }
    case 'any': {
      const tests = term.terms.map((one) => compile(one, context));
      return (record, text) => tests.some((test) => test(record, text));
    }
    case 'not': {
      const test = compile(term.term, context);
      return (record, text) => !test(record, text);
    }
    case 'text':
      return textTest(term.text);
    case 'operator':
      return operatorTest(term.name, term.value, context);
  }
}

function textTest(words: string): Test {
  const wanted = words.toLowerCase();
  return (_record, text) => {
    const { from, to, cc, subject, body } = text();
    return (
      [from, to, cc, subject].some((field) => contains(field, wanted)) || contains(body(), wanted)
    );
  };
}

function contains(field: string, wanted: string): boolean {
  return field.toLowerCase().includes(wanted);
}

function timeBounds(
  name: string,
  value: string,
  { nowMs, afterBound }: SearchContext,
): { first?: number; last?: number } | null {
  const date = readQueryDate(value);
  const age = readQueryAge(value, nowMs);
  switch (name) {
    case 'after':
    case 'newer': {
      if (date === null) return null;
      const inSeconds = /^\d+$/.test(value);
      return { first: afterBound === 'exclusive' && inSeconds ? date + 1000 : date };
    }
    case 'before':
    case 'older':
      return date === null ? null : { last: date - 1 };
    case 'newer_than':
      return age === null ? null : { first: age };
    case 'older_than':
      return age === null ? null : { last: age };
    default:
      return null;
  }
}

function operatorTest(name: string, value: string, context: SearchContext): Test {
  const { view } = context;
  const wanted = value.toLowerCase();
  const me = wanted === 'me' ? view.owner.address.toLowerCase() : wanted;
  switch (name) {
    case 'after':
    case 'newer':
    case 'before':
    case 'older':
    case 'newer_than':
    case 'older_than': {
      const bounds = timeBounds(name, value, context);
      // A date that cannot be read finds nothing.
      if (bounds === null) return () => false;
      const { first = 0, last = Number.MAX_SAFE_INTEGER } = bounds;
      return ({ at }) => at >= first && at <= last;
    }
    case 'from':
      return (_record, text) => contains(text().from, me);
    case 'to':
      return (_record, text) => {
        const { to, cc, bcc } = text();
        return [to, cc, bcc].some((field) => contains(field, me));
      };
    case 'cc':
      return (_record, text) => contains(text().cc, me);
    case 'bcc':
      return (_record, text) => contains(text().bcc, me);
    case 'subject':
      return (_record, text) => contains(text().subject, wanted);
    case 'filename':
      return (_record, text) => text().files.some((file) => contains(file, wanted));
    case 'rfc822msgid':
      return (_record, text) => bare(text().messageId) === bare(value);
    case 'has':
      return hasTest(wanted);
    case 'in':
    case 'label':
    case 'is':
    case 'category':
      return labelTest(view.mailbox, name, wanted);
    case 'larger':
    case 'larger_than':
    case 'size':
      return (record) => rawOf(view, record).length > readSize(wanted);
    case 'smaller':
    case 'smaller_than':
      return (record) => rawOf(view, record).length < readSize(wanted);
    default:
      // What is no operator is text with a colon in it.
      return textTest(`${name}:${value}`);
  }
}

function bare(messageId: string): string {
  return messageId.trim().replace(/^<|>$/g, '');
}

function hasTest(wanted: string): Test {
  switch (wanted) {
    case 'attachment':
      return (_record, text) => text().files.length > 0;
    case 'userlabels':
      return ({ labels }) => labels.some((label) => label.startsWith('Label_'));
    case 'nouserlabels':
      return ({ labels }) => !labels.some((label) => label.startsWith('Label_'));
    default:
      return () => false;
  }
}

function readSize(text: string): number {
  const match = /^(\d+)([km]?)b?$/.exec(text);
  const factor = { k: 1024, m: 1024 * 1024 }[match?.[2] ?? ''] ?? 1;
  return Number(match?.[1] ?? 0) * factor;
}

/** Names of places and states, where they differ from the label's id. */
const places: Record<string, string> = {
  drafts: 'DRAFT',
  'category primary': 'CATEGORY_PERSONAL',
  'category social': 'CATEGORY_SOCIAL',
  'category promotions': 'CATEGORY_PROMOTIONS',
  'category updates': 'CATEGORY_UPDATES',
  'category forums': 'CATEGORY_FORUMS',
};
const notArchived = ['INBOX', 'SENT', 'DRAFT', 'SPAM', 'TRASH'];

function labelTest(mailbox: Mailbox, operator: string, value: string): Test {
  if (operator === 'in' && value === 'anywhere') return () => true;
  if (operator === 'in' && value === 'archive')
    return ({ labels }) => !labels.some((label) => notArchived.includes(label));
  if (operator === 'is' && value === 'read') return ({ labels }) => !labels.includes('UNREAD');
  const known = places[operator === 'category' ? `category ${value}` : value];
  const id = known ?? mailbox.labels.find(value) ?? byDashedName(mailbox, value);
  return id === null ? () => false : ({ labels }) => labels.includes(id);
}

/** In a search, blanks and slashes of a label's name are written as dashes. */
function byDashedName(mailbox: Mailbox, value: string): string | null {
  const dashed = (name: string) => name.toLowerCase().replaceAll(/[\s/&()]+/g, '-');
  for (const { id, name } of mailbox.labels.user.values())
    if (dashed(name) === dashed(value)) return id;
  return null;
}

/** Spam and bin are searched only when the search names them. */
export function namedHiddenLabels(term: Term): ReadonlySet<string> {
  switch (term.type) {
    case 'all':
    case 'any':
      return new Set(term.terms.flatMap((one) => [...namedHiddenLabels(one)]));
    case 'operator': {
      if (term.name !== 'in' && term.name !== 'label') return new Set();
      const value = term.value.toLowerCase();
      if (value === 'anywhere') return new Set(['SPAM', 'TRASH']);
      return new Set(['SPAM', 'TRASH'].filter((label) => label.toLowerCase() === value));
    }
    default:
      return new Set();
  }
}
