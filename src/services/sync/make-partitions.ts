import type { CompanyDatabase } from '../../database/company.ts';

/** Makes the activity log's partitions for this month and the next ones; returns the new names. */
export async function makePartitions(
  database: CompanyDatabase,
  monthsAhead: number,
): Promise<readonly string[]> {
  const made = await database.query<{ name: string }>(
    { role: 'service_role', organizationId: 'all' },
    'select name from app.ensure_activity_partitions($1) as name',
    [monthsAhead],
  );
  return made.map(({ name }) => name);
}
