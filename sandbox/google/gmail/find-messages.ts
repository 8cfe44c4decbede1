import { hiddenLabels } from '../mailbox/labels.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { MessageRecord } from '../mailbox/message-record.ts';
import { parseQuery } from './query/parser.ts';
import { compileSearch, namedHiddenLabels, type SearchContext } from './query/predicate.ts';

export interface MessageQuery {
  readonly q: string;
  /** All must match. */
  readonly labelIds: readonly string[];
  readonly includeSpamTrash: boolean;
}

/** The last answers per mailbox: paging asks the same question many times. */
const answers = new WeakMap<Mailbox, { historyId: number; found: Map<string, MessageRecord[]> }>();
const keptAnswers = 8;

/** The messages that a list asks for, newest first. */
export function findMessages(query: MessageQuery, context: SearchContext): MessageRecord[] {
  const { mailbox } = context.view;
  let known = answers.get(mailbox);
  if (known === undefined || known.historyId !== mailbox.historyId) {
    known = { historyId: mailbox.historyId, found: new Map() };
    answers.set(mailbox, known);
  }
  // "newer_than" moves with the clock; a minute is as fine as anybody can tell.
  const minute = /(newer|older)_than/i.test(query.q) ? Math.floor(context.nowMs / 60_000) : 0;
  const key = JSON.stringify([query, context.afterBound, minute]);
  const found = known.found.get(key) ?? search(query, context);
  known.found.delete(key);
  known.found.set(key, found);
  for (const old of known.found.keys()) if (known.found.size > keptAnswers) known.found.delete(old);
  return found;
}

function search(query: MessageQuery, context: SearchContext): MessageRecord[] {
  const { index } = context.view.mailbox;
  const term = parseQuery(query.q);
  const compiled = compileSearch(term, context);
  const named = namedHiddenLabels(term);
  const hidden = hiddenLabels.filter(
    (label) => !query.includeSpamTrash && !named.has(label) && !query.labelIds.includes(label),
  );
  const range = index.range(compiled.first, compiled.last);
  return index
    .records()
    .slice(range.from, range.to)
    .filter(
      (record) =>
        query.labelIds.every((label) => record.labels.includes(label)) &&
        !hidden.some((label) => record.labels.includes(label)) &&
        compiled.test(record),
    )
    .reverse();
}
