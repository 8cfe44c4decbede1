import type { Sql } from '../../../database/sql.ts';

/**
 * Reopens the claim of a run that failed before it stored anything, so that the reconciler gives
 * the override back. True exactly once per claim.
 */
export async function returnUsedClaim(
  tx: Sql,
  organizationId: string,
  runId: string,
): Promise<boolean> {
  const rows = await tx.query(
    `update initial_sync_claim set state = 'returned', settled_at = null
      where org_id = $1 and run_id = $2 and state = 'started' returning id`,
    [organizationId, runId],
  );
  return rows.length === 1;
}
