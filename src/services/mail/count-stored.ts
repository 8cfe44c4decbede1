import type { Sql } from '../../database/sql.ts';

/** Stored messages of a connection received since `from` (inclusive). */
export async function countStored(
  tx: Sql,
  organizationId: string,
  connectionId: string,
  from: Date,
): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `select count(*)::int as count from messages
      where org_id = $1 and connection_id = $2 and received_at >= $3 and deleted_at is null`,
    [organizationId, connectionId, from],
  );
  return row?.count ?? 0;
}
