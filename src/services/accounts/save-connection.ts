import type { Sql } from '../../database/sql.ts';
import type { SignedInAccount } from '../../providers/sign-in.ts';
import { ConnectRefused } from './connect-failure.ts';

interface Present {
  readonly id: string;
  readonly account_subject: string | null;
  readonly status: string;
  readonly holds_mail: boolean;
}

/**
 * Makes or renews the member's connection. One connection holds one mailbox's mail for good: another
 * account may take its place only when it was disconnected and its mail deleted.
 * @throws ConnectRefused different_account
 */
export async function saveConnection(
  tx: Sql,
  input: {
    organizationId: string;
    userId: string;
    providerKey: 'outlook' | 'gmail';
    grantId: string;
    account: SignedInAccount;
  },
): Promise<string> {
  const { organizationId, userId, providerKey, grantId, account } = input;
  const [present] = await tx.query<Present>(
    `select c.id, c.account_subject, c.status,
       exists (select 1 from messages m where m.org_id = c.org_id and m.connection_id = c.id) as holds_mail
     from connections c
     where c.org_id = $1 and c.tenant_id = $2 and c.provider_key = $3 for update of c`,
    [organizationId, userId, providerKey],
  );
  if (present && present.account_subject !== null && present.account_subject !== account.subject) {
    if (present.status !== 'disconnected' || present.holds_mail) {
      throw new ConnectRefused('different_account');
    }
    // Watermarks of the other mailbox mean nothing here.
    await tx.query('delete from mail_folders where org_id = $1 and connection_id = $2', [
      organizationId,
      present.id,
    ]);
  }
  const [saved] = await tx.query<{ id: string }>(
    `insert into connections
       (org_id, tenant_id, provider_key, grant_id, account_email, account_subject, status)
     values ($1, $2, $3, $4, $5, $6, 'connected')
     on conflict (org_id, tenant_id, provider_key) do update set
       grant_id = excluded.grant_id, account_email = excluded.account_email,
       account_subject = excluded.account_subject, status = 'connected', status_reason = null,
       generation = connections.generation + 1
     returning id`,
    [organizationId, userId, providerKey, grantId, account.email, account.subject],
  );
  if (!saved) throw new Error('The connection was not returned by its insert');
  return saved.id;
}
