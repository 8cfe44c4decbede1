import type { CompanyDatabase } from '../../database/company.ts';

/** How long history is kept, in months. */
export interface Retention {
  readonly activityMonths: number;
  readonly errorMonths: number;
}

const batch = 10_000;

/** Drops old months of the activity log and deletes old errors, a bounded batch a call. */
export async function applyRetention(
  database: CompanyDatabase,
  retention: Retention,
): Promise<{ readonly droppedPartitions: number; readonly deletedErrors: number }> {
  const scope = { role: 'service_role', organizationId: 'all' } as const;
  const dropped = await database.query(scope, 'select app.drop_activity_partitions($1)', [
    retention.activityMonths,
  ]);
  const [errors] = await database.query<{ count: number }>(
    scope,
    `with gone as (
       delete from sync_error_log where id in (
         select id from sync_error_log
          where created_at < clock_timestamp() - make_interval(months => $1) limit $2)
       returning 1
     )
     select count(*)::int as count from gone`,
    [retention.errorMonths, batch],
  );
  return { droppedPartitions: dropped.length, deletedErrors: errors?.count ?? 0 };
}
