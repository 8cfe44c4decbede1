import type { FaultAction } from '../../core/fault-rule.ts';
import type { Account } from '../directory.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { View } from '../mailbox/message-fields.ts';
import type { Preferences } from './preferences.ts';

/** One authorised request to Graph, as its handlers need it. */
export interface GraphRequest {
  readonly account: Account;
  readonly scopes: readonly string[];
  readonly mailbox: Mailbox;
  readonly view: View;
  readonly preferences: Preferences;
  /** The address as requested: links are made from it. */
  readonly url: URL;
  /** A fault that changes the page; null most of the time. */
  readonly fault: FaultAction | null;
}
