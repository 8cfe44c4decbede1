import type { Sql } from '../../database/sql.ts';
import { type Override, overrideColumns } from './override.ts';

export interface OverrideFilter {
  readonly companyId?: string | undefined;
  /** Only active ones, or only those that are not; all when absent. */
  readonly active?: boolean | undefined;
}

/** Every company's override, the newest grant first. */
export async function listOverrides(master: Sql, filter: OverrideFilter = {}): Promise<Override[]> {
  return master.query<Override>(
    `select * from (
       select ${overrideColumns}
         from sync_permissions p join companies c on c.id = p.company_id
        where $1::uuid is null or p.company_id = $1::uuid) as o
      where $2::boolean is null or o.active = $2::boolean
      order by o."grantedAt" desc nulls last, o.id`,
    [filter.companyId ?? null, filter.active ?? null],
  );
}
