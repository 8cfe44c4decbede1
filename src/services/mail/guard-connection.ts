import type { Sql } from '../../database/sql.ts';
import { SyncFailure } from '../sync/failure.ts';
import { memberActive } from './member-active.ts';

/** What a run may write for, as it was when the attempt began. */
export interface RunConnection {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
}

interface Row extends RunConnection {
  readonly accountSubject: string | null;
  readonly grantSubject: string | null;
  readonly consented: boolean;
  readonly status: 'connected' | 'reconnect_required' | 'disconnected';
  readonly active: boolean;
}

/**
 * Reads the connection and refuses unless the run may write for it. In a page's transaction the row
 * is locked in share mode: a disconnect waits for the page, or the page sees the disconnect.
 * @param subject the account the run reads; another one behind the same connection is refused
 * @throws SyncFailure NEEDS_REAUTH, FORBIDDEN
 */
export async function guardConnection(
  tx: Sql,
  organizationId: string,
  connectionId: string,
  subject: string | null,
): Promise<RunConnection> {
  const [row] = await tx.query<Row>(
    `select c.id, c.org_id as "organizationId", c.tenant_id as "userId",
            c.account_subject as "accountSubject", g.subject as "grantSubject", c.status,
            g.id is not null as consented, ${memberActive} as active
       from connections c
       left join provider_grants g on g.org_id = c.org_id and g.id = c.grant_id
      where c.org_id = $1 and c.id = $2 for share of c`,
    [organizationId, connectionId],
  );
  if (!row || row.status === 'disconnected') {
    throw new SyncFailure('FORBIDDEN', 'The account was disconnected, so the sync stopped there.');
  }
  if (!row.active) {
    throw new SyncFailure(
      'FORBIDDEN',
      'The member was deactivated or left the organisation, so the sync stopped there.',
    );
  }
  if (row.status === 'reconnect_required' || !row.consented) {
    throw new SyncFailure('NEEDS_REAUTH', 'The account needs to be connected again.');
  }
  if (subject !== null && (row.accountSubject !== subject || row.grantSubject !== subject)) {
    throw new SyncFailure(
      'FORBIDDEN',
      'Another account was connected in place of the one this sync reads, so it stopped there.',
    );
  }
  return { id: row.id, organizationId: row.organizationId, userId: row.userId };
}
