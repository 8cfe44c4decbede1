import type { Sql } from '../../database/sql.ts';

/** Notes that everything up to now is known. */
export async function markFollowed(
  tx: Sql,
  organizationId: string,
  connectionId: string,
): Promise<void> {
  await tx.query('update connections set last_sync_at = now() where org_id = $1 and id = $2', [
    organizationId,
    connectionId,
  ]);
}
