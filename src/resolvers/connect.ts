import type { ConsentCookie } from '../services/accounts/connect.ts';
import type { Disconnected } from '../services/accounts/disconnect.ts';
import type { MemberContext } from './context.ts';
import { requireUuid } from './node-id.ts';
import { ConnectionRefusedError, shownAs } from './shown-errors.ts';

/** A consent that has been prepared. */
export interface Authorization {
  readonly authorizationUrl: string;
  readonly expiresAt: Date;
}

interface ConnectInput {
  readonly provider: 'outlook' | 'gmail' | 'onedrive';
  readonly returnPath?: string | null | undefined;
}

/** Prepares a consent and binds it to the asking browser by a cookie. */
export async function connect(
  { member, services, setCookie }: MemberContext,
  { provider, returnPath }: ConnectInput,
): Promise<Authorization> {
  const { organizationId, userId } = member;
  const { authorizationUrl, expiresAt, cookie } = await shown(
    services.accounts.connectProvider({
      organizationId,
      userId,
      provider,
      returnPath: returnPath ?? undefined,
    }),
  );
  setCookie(cookieText(cookie));
  return { authorizationUrl, expiresAt };
}

interface DisconnectInput {
  readonly id: string;
  readonly keepMessages?: boolean | null | undefined;
}

/** Disconnects one of the caller's own accounts. */
export function disconnect(
  { member, services }: MemberContext,
  { id, keepMessages }: DisconnectInput,
): Promise<Disconnected> {
  const { organizationId, userId } = member;
  const connectionId = requireUuid('Connection', id, 'connection');
  return shown(
    services.accounts.disconnectProvider({
      organizationId,
      userId,
      connectionId,
      keepMail: keepMessages ?? true,
    }),
  );
}

function shown<T>(work: Promise<T>): Promise<T> {
  return shownAs(ConnectionRefusedError, ['PROVIDER_FAILED', 'ALREADY_CONNECTED_ELSEWHERE'], work);
}

function cookieText(cookie: ConsentCookie): string {
  const parts = [
    `${cookie.name}=${cookie.value}`,
    `Path=${cookie.path}`,
    `Max-Age=${cookie.maxAgeSeconds}`,
    `SameSite=${cookie.sameSite}`,
    'HttpOnly',
  ];
  return [...parts, ...(cookie.secure ? ['Secure'] : [])].join('; ');
}
