import type { Sql } from '../../database/sql.ts';
import type { Run } from '../sync/run.ts';
import { startRun } from '../sync/start-run.ts';
import type { DueConnection } from './read-due-connection.ts';

/**
 * Starts a run that follows the mailbox, in the caller's transaction.
 * @throws LockstepError SYNC_ALREADY_RUNNING when one is under way
 */
export function startFollowUp(tx: Sql, connection: DueConnection): Promise<Run> {
  return startRun(tx, {
    organizationId: connection.organizationId,
    userId: connection.userId,
    kind: 'mail_follow_up',
    targetId: connection.id,
    entityType: 'message',
    sourceSystem: connection.provider,
    input: {
      accountSubject: connection.accountSubject,
      windowFrom: connection.windowFrom.toISOString(),
    },
  });
}
