import type { Sql } from '../../database/sql.ts';

/** A company as administrators of the installation see it; never its database's address. */
export interface Company {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly isActive: boolean;
  readonly hasOwnDatabase: boolean;
  readonly createdAt: Date;
}

/** Companies by slug, `take` of them, from the company `from` on when it is given. */
export function listCompanies(
  master: Sql,
  { take, from }: { readonly take: number; readonly from: string | null },
): Promise<Company[]> {
  return master.query<Company>(
    `select id, name, slug, is_active as "isActive", database_url is not null as "hasOwnDatabase",
            created_at as "createdAt"
       from companies
      where $2::uuid is null or slug >= (select slug from companies where id = $2::uuid)
      order by slug
      limit $1`,
    [take, from],
  );
}
