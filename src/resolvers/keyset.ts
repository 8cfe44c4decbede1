import type { MemberContext } from './context.ts';
import { type ListPlace, type Page, type PageArgs, type PageWindow, readPage } from './page.ts';

/** A condition with `?` where its value goes; left out of the statement when the value is undefined. */
export type Filter = readonly [condition: string, value: unknown];

/** A list in the database, the greatest key first. Texts are constants of the program, never input. */
export interface KeysetList {
  /** Also the name that cursors are bound to. */
  readonly name: string;
  readonly table: string;
  /** What it is ordered by: an expression over the table's columns, of type timestamptz or bigint. */
  readonly key: string;
  readonly keyType: 'timestamptz' | 'bigint';
  readonly filters: readonly Filter[];
}

/**
 * The places of one page. Prisma's own cursors are not used: with a key that may be null its
 * statement has no LIMIT, and it reads the rest of the table to cut the page in memory.
 */
function placesOf(
  { prisma }: Pick<MemberContext, 'prisma'>,
  { table, key, keyType, filters }: KeysetList,
  { take, after }: PageWindow,
): Promise<ListPlace[]> {
  const values: unknown[] = [];
  const bound = ([condition, value]: Filter) => {
    values.push(value);
    return condition.replaceAll('?', `$${values.length}`);
  };
  const where = [
    'true',
    ...filters.filter(([, value]) => value !== undefined).map(bound),
    ...(after ? [behind(after, key, keyType, bound)] : []),
  ];
  const limit = bound(['?::integer', take]);
  return prisma.$queryRawUnsafe<ListPlace[]>(
    `select id::text as id, (${key})::text as key from ${table}
      where ${where.join(' and ')}
      order by ${key} desc, id
      limit ${limit}`,
    ...values,
  );
}

/** PostgreSQL puts nulls first in a descending order, and so do the indexes. */
function behind(
  { key: value, id }: ListPlace,
  key: string,
  keyType: string,
  bound: (filter: Filter) => string,
): string {
  const later = bound(['id > ?::uuid', id]);
  if (value === null) return `(${key} is not null or ${later})`;
  // The first half alone finds the place in an index.
  const typed = (operator: string) => bound([`${key} ${operator} ?::${keyType}`, value]);
  return `(${typed('<=')} and (${typed('<')} or ${later}))`;
}

/** One page of a list whose entries are read by their ids, in the shape that the operation asks for. */
export function keysetPage<T extends { readonly id: string }>(
  context: MemberContext,
  list: KeysetList,
  args: PageArgs,
  byIds: (ids: string[]) => Promise<T[]>,
): Promise<Page<T>> {
  return readPage(list.name, context.member, args, async (window) => {
    const places = await placesOf(context, list, window);
    if (places.length === 0) return [];
    const nodes = new Map((await byIds(places.map(({ id }) => id))).map((row) => [row.id, row]));
    // A row may go between the two statements; then the page is shorter by it.
    return places.flatMap((place) => {
      const node = nodes.get(place.id);
      return node ? [{ place, node }] : [];
    });
  });
}
