import type { Sql } from '../../database/sql.ts';
import { LockstepError } from '../../errors.ts';

export interface CompanyReference {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
}

/**
 * The active company with this id or slug; without one, the only active company there is.
 * Throws NOT_FOUND, or BAD_USER_INPUT naming the field when several could be meant.
 */
export async function findCompany(master: Sql, idOrSlug?: string): Promise<CompanyReference> {
  const found = await master.query<CompanyReference>(
    `select id, slug, name from companies
      where is_active and ($1::text is null or id::text = lower($1::text) or slug = $1::text)
      order by slug limit 2`,
    [idOrSlug ?? null],
  );
  const [company, another] = found;
  if (!company) {
    throw new LockstepError(
      'NOT_FOUND',
      idOrSlug === undefined
        ? 'There is no active company yet.'
        : 'There is no active company with that id or slug. Take one from the list of companies.',
    );
  }
  if (another) {
    throw new LockstepError(
      'BAD_USER_INPUT',
      'There are several companies. Say which one, by its id or slug.',
      { field: 'companyId' },
    );
  }
  return company;
}
