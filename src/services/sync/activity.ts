import type { Sql } from '../../database/sql.ts';
import { redactText } from '../../log.ts';
import type { Run } from './run.ts';
import type { SyncAction } from './sync-types.ts';

/** A line in the run's activity. `message` and `details` are shown to the member: no private text. */
export async function logActivity(
  tx: Sql,
  run: Pick<Run, 'organizationId' | 'id' | 'entityType' | 'userId' | 'status'>,
  action: SyncAction,
  message: string,
  details: Record<string, unknown> = {},
): Promise<void> {
  await tx.query(
    `insert into sync_activity_log
       (org_id, sync_id, entity_type, action, status, message, details, user_id)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8)`,
    [
      run.organizationId,
      run.id,
      run.entityType,
      action,
      run.status,
      redactText(message),
      redactText(JSON.stringify(details)),
      run.userId,
    ],
  );
}
