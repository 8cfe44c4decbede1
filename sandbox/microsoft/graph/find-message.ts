import { decodeId } from '../mailbox/ids.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { MessageRecord } from '../mailbox/message-record.ts';
import { itemNotFound, malformedId } from './graph-error.ts';

/** A message by either kind of id; the kind that follows the place is dead after a move. */
export function findMessage(mailbox: Mailbox, id: string): MessageRecord {
  const decoded = decodeId(mailbox, id);
  if (decoded === null || (decoded.kind !== 'message' && decoded.kind !== 'immutable'))
    throw malformedId();
  const record = mailbox.messages[decoded.a];
  if (record === undefined || (decoded.kind === 'message' && decoded.b !== record.place))
    throw itemNotFound();
  return record;
}
