import type { CompanyDatabase } from '../../database/company.ts';

/** Deletes expired previews; making one does too, this is for when nobody makes any. */
export async function cleanPreviews(database: CompanyDatabase): Promise<number> {
  const [cleaned] = await database.query<{ count: number }>(
    { role: 'service_role', organizationId: 'all' },
    `with gone as (
       delete from sync_preview_cache where expires_at <= clock_timestamp() returning 1
     )
     select count(*)::int as count from gone`,
  );
  return cleaned?.count ?? 0;
}
