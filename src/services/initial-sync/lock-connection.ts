import type { Sql } from '../../database/sql.ts';

export interface ConnectionLock {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly userId: string;
  readonly reason: string;
  /** `right`: only while `can_manual_sync` is true; `override`: whatever it is. */
  readonly by: 'right' | 'override';
}

export interface LockedConnection {
  readonly accountSubject: string | null;
  /** The start as the database's clock saw it; the window counts back from here. */
  readonly startedAt: Date;
}

/**
 * Takes the one right by a conditional update, never by reading first and writing then: of any
 * number of concurrent callers one gets the row, the others null.
 */
export async function lockConnection(
  tx: Sql,
  lock: ConnectionLock,
): Promise<LockedConnection | null> {
  const [row] = await tx.query<LockedConnection>(
    `update connections
        set can_manual_sync = false, initial_sync_started_at = now(),
            sync_lock_reason = $3, locked_by = $4, updated_at = now()
      where org_id = $1 and id = $2 and status = 'connected' and (can_manual_sync or $5)
      returning account_subject as "accountSubject", initial_sync_started_at as "startedAt"`,
    [lock.organizationId, lock.connectionId, lock.reason, lock.userId, lock.by === 'override'],
  );
  return row ?? null;
}
