import { LockstepError } from '../../errors.ts';
import type { MailProvider, OpenMailOptions } from '../../providers/contract.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { AccessTokenOptions } from './access-token.ts';
import type { AccountsParts } from './accounts-parts.ts';
import { type GrantRow, grantColumns } from './grant.ts';
import { requireReconnect } from './require-reconnect.ts';

export interface OpenConnectionInput
  extends Pick<OpenMailOptions, 'signal' | 'onWait' | 'longestWaitSeconds'> {
  readonly organizationId: string;
  readonly connectionId: string;
}

interface ConnectionState {
  readonly status: string;
  readonly status_reason: string | null;
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
  const ids = [organizationId, connectionId];
  const [connection] = await database.query<ConnectionState>(
    scope,
    'select status, status_reason from connections where org_id = $1 and id = $2',
    ids,
  );
  if (!connection) throw new LockstepError('NOT_FOUND', 'There is no such connection.');
  const [grant] = await database.query<GrantRow>(
    scope,
    `select ${grantColumns} from provider_grants g where org_id = $1 and id =
       (select grant_id from connections c where c.org_id = $1 and c.id = $2)`,
    ids,
  );
  if (connection.status === 'disconnected' || !grant) {
    throw new LockstepError('NOT_CONNECTED', 'The account is not connected. Connect it first.');
  }
  if (connection.status === 'reconnect_required') {
    throw new ProviderError(
      'NEEDS_REAUTH',
      `The account has to be connected again (${connection.status_reason ?? 'the consent ended'}).`,
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
