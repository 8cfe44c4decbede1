import type { FailedItem } from '../sync/run-handler.ts';
import type { MessageRow } from './message-row.ts';

/** A message that the database refuses, as an item set aside. */
export function refusedItem(row: MessageRow): FailedItem {
  return {
    itemKey: row.provider_message_id,
    code: 'ITEM_INVALID',
    message: 'The message holds a value that the database does not accept.',
  };
}
