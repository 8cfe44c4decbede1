import { LockstepError } from '../../errors.ts';
import type { MailProvider, OpenMailOptions } from '../../providers/contract.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { AccessTokenOptions } from './access-token.ts';
import type { AccountsParts } from './accounts-parts.ts';
import { findConnection } from './connections.ts';
import { type GrantRow, grantColumns } from './grant.ts';
import { requireReconnect } from './require-reconnect.ts';

export interface OpenConnectionInput
  extends Pick<OpenMailOptions, 'signal' | 'onWait' | 'longestWaitSeconds'> {
  readonly organizationId: string;
  readonly connectionId: string;
}

/**
 * The mailbox behind a connection. Tokens are fetched per call and refreshed as needed; when fresh
 * ones are refused too, the grant is ended before `NEEDS_REAUTH` is thrown.
 * @throws ProviderError NEEDS_REAUTH
 * @throws LockstepError NOT_FOUND, NOT_CONNECTED
 */
export async function openMail(
  parts: AccountsParts,
  tokenOf: (organizationId: string, grantId: string, o?: AccessTokenOptions) => Promise<string>,
  { organizationId, connectionId, ...options }: OpenConnectionInput,
): Promise<MailProvider> {
  const database = await parts.databases.of(organizationId);
  const scope = { role: 'service_role', organizationId } as const;
  const [connection, grant] = await database.transaction(scope, async (tx) => {
    const found = await findConnection(tx, organizationId, connectionId);
    const grants = await tx.query<GrantRow>(
      `select ${grantColumns} from provider_grants where org_id = $1 and id = $2`,
      [organizationId, found?.grantId ?? null],
    );
    return [found, grants[0]] as const;
  });
  if (!connection) throw new LockstepError('NOT_FOUND', 'There is no such connection.');
  if (connection.status === 'disconnected' || !grant) {
    throw new LockstepError('NOT_CONNECTED', 'The account is not connected. Connect it first.');
  }
  if (connection.status === 'reconnect_required') {
    throw new ProviderError(
      'NEEDS_REAUTH',
      `The account has to be connected again (${connection.statusReason ?? 'the consent ended'}).`,
    );
  }
  const vendor = parts.vendors[grant.vendor];
  if (!vendor) {
    throw new LockstepError('CONFIGURATION', `${grant.vendor} accounts are not configured here.`);
  }
  return vendor.mail.open({
    ...options,
    accountKey: `${grant.vendor} ${grant.subject}`,
    token: (asked) => tokenOf(organizationId, grant.id, asked),
    onUnauthorized: (reason) =>
      database.transaction(scope, (tx) => requireReconnect(tx, grant, reason, parts.clock())),
  });
}
