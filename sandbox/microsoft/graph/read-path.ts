import { isMessageField, type messageFields, type View } from '../mailbox/message-fields.ts';
import type { MessageRecord } from '../mailbox/message-record.ts';

/** The value at a path such as from/emailAddress/address; undefined when there is none. */
export function readPath(
  fields: typeof messageFields,
  view: View,
  record: MessageRecord,
  path: string,
): unknown {
  const [root = '', ...rest] = path.split('/');
  if (!isMessageField(root)) return undefined;
  let value: unknown = fields[root](view, record);
  for (const step of rest) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}
