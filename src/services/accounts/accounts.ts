import { SingleFlight } from '../../lib/single-flight.ts';
import type { MailProvider } from '../../providers/contract.ts';
import { type AccessTokenOptions, accessToken } from './access-token.ts';
import type { AccountsParts } from './accounts-parts.ts';
import { type Authorization, type ConnectProviderInput, connectProvider } from './connect.ts';
import { type Disconnected, type DisconnectInput, disconnectProvider } from './disconnect.ts';
import {
  type FinishConnectInput,
  type FinishConnectResult,
  finishConnect,
} from './finish-connect.ts';
import { type OpenConnectionInput, openMail } from './open-mail.ts';
import type { Refreshed } from './refresh-grant.ts';
import { resealTokens } from './reseal-tokens.ts';

/** Members' vendor accounts: connecting, tokens, disconnecting. One object per process. */
export interface Accounts {
  connectProvider(input: ConnectProviderInput): Promise<Authorization>;
  finishConnect(input: FinishConnectInput): Promise<FinishConnectResult>;
  disconnectProvider(input: DisconnectInput): Promise<Disconnected>;
  accessToken(
    organizationId: string,
    grantId: string,
    options?: AccessTokenOptions,
  ): Promise<string>;
  openMail(input: OpenConnectionInput): Promise<MailProvider>;
  resealTokens(): Promise<{ resealed: number; unreadable: number }>;
}

export function createAccounts(parts: AccountsParts): Accounts {
  const flights = new SingleFlight<Refreshed>();
  const token: Accounts['accessToken'] = (organizationId, grantId, options) =>
    accessToken(parts, flights, { organizationId, grantId }, options);
  return {
    connectProvider: (input) => connectProvider(parts, input),
    finishConnect: (input) => finishConnect(parts, input),
    disconnectProvider: (input) => disconnectProvider(parts, input),
    accessToken: token,
    openMail: (input) => openMail(parts, token, input),
    resealTokens: () => resealTokens(parts),
  };
}
