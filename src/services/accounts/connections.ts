import type { Sql } from '../../database/sql.ts';

export const connectionStatuses = ['connected', 'reconnect_required', 'disconnected'] as const;
export type ConnectionStatus = (typeof connectionStatuses)[number];

/** A connection as services use it; no token, no secret. */
export interface Connection {
  readonly id: string;
  readonly organizationId: string;
  /** The member it belongs to. */
  readonly userId: string;
  readonly providerKey: 'outlook' | 'gmail';
  readonly grantId: string | null;
  readonly accountEmail: string | null;
  readonly accountSubject: string | null;
  readonly status: ConnectionStatus;
  readonly statusReason: string | null;
  /** Rises with every connect and disconnect: work begun before it is stale. */
  readonly generation: number;
}

const columns = `id, org_id as "organizationId", tenant_id as "userId", provider_key as "providerKey",
  grant_id as "grantId", account_email as "accountEmail", account_subject as "accountSubject",
  status, status_reason as "statusReason", generation`;

/** One connection by id; null when the organisation has none of that id. */
export async function findConnection(
  tx: Sql,
  organizationId: string,
  id: string,
): Promise<Connection | null> {
  const rows = await tx.query<Connection>(
    `select ${columns} from connections where org_id = $1 and id = $2`,
    [organizationId, id],
  );
  return rows[0] ?? null;
}
