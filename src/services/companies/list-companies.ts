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

/** `take` companies by slug, behind that slug when it is given. */
export function listCompanies(
  master: Sql,
  { take, after }: { readonly take: number; readonly after: string | null },
): Promise<Company[]> {
  return master.query<Company>(
    `select id, name, slug, is_active as "isActive", database_url is not null as "hasOwnDatabase",
            created_at as "createdAt"
       from companies
      where $2::text is null or slug > $2
      order by slug
      limit $1`,
    [take, after],
  );
}
