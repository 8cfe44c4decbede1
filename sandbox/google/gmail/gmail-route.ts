import type { FaultAction } from '../../core/fault-rule.ts';
import type { Account } from '../directory.ts';
import type { Google } from '../google.ts';
import type { View } from '../mailbox/message-text.ts';
import type { AccessToken } from '../oauth/grants.ts';
import { labelsScope, mailReadScopes, metadataScope } from '../oauth/scopes.ts';

export type GmailAnswer =
  | { readonly status: number; readonly json: unknown }
  | { readonly status: 204 };

export interface RouteInput {
  readonly google: Google;
  readonly account: Account;
  readonly token: AccessToken;
  readonly view: View;
  readonly query: URLSearchParams;
  readonly params: Record<string, string>;
  readonly body: unknown;
  /** A fault that changes the page; null most of the time. */
  readonly fault: FaultAction | null;
  /** Whether the token opens headers only. */
  readonly metadataOnly: boolean;
}

/** One operation of Gmail, named as in its discovery document. */
export interface GmailRoute {
  readonly method: 'GET' | 'POST';
  readonly pattern: string;
  readonly id: string;
  /** One of these is needed. */
  readonly scopes: readonly string[];
  /** Query parameters the contract knows; strict mode refuses others. */
  readonly query: readonly string[];
  answer(input: RouteInput): GmailAnswer;
}

export const readScopes = [...mailReadScopes, metadataScope];
export const labelScopes = [...readScopes, labelsScope];

/** Parameters that every operation takes. */
export const standardQuery = [
  'alt',
  'fields',
  'prettyPrint',
  'key',
  'quotaUser',
  'access_token',
  'oauth_token',
  'callback',
  '$.xgafv',
  'uploadType',
  'upload_protocol',
];
