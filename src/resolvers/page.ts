import { LockstepError } from '../errors.ts';

/** The arguments of every long list. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** Which rows to read: `take` of them, from the row `cursor` on, that row included. */
export interface PageWindow {
  readonly take: number;
  readonly cursor?: { readonly id: string };
}

export interface Page<T> {
  readonly edges: { readonly cursor: string; readonly node: T }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

export const largestPage = 100;
export const usualPage = 20;

/** Rows that `first` asks for, never out of bounds: what an operation is priced with. */
export function pageSizeOf(first: number | null | undefined): number {
  return Math.min(Math.max(first ?? usualPage, 0), largestPage);
}

/**
 * One page of a list, read by its key and never by counting. The row of the cursor is read with the
 * page: when it is not its first row it is foreign, gone, or has left the list meanwhile, and
 * `exists` tells the last case from the others.
 * @param list the name of the list, so that a cursor works only where it came from
 * @throws LockstepError BAD_USER_INPUT
 */
export async function readPage<T extends { readonly id: string }>(
  list: string,
  args: PageArgs,
  read: (window: PageWindow) => Promise<T[]>,
  exists: (id: string) => Promise<boolean>,
): Promise<Page<T>> {
  const first = checkedFirst(args.first);
  const after = args.after ? decodeCursor(list, args.after) : null;
  const rows = await read(after ? { take: first + 2, cursor: { id: after } } : { take: first + 1 });
  if (after && rows[0]?.id === after) rows.shift();
  else if (after && !(await exists(after))) throw cursorNotValid();
  const shown = rows.slice(0, first);
  return {
    edges: shown.map((node) => ({ cursor: encodeCursor(list, node.id), node })),
    pageInfo: {
      hasNextPage: rows.length > first,
      hasPreviousPage: after !== null,
      startCursor: cursorOf(list, shown[0]),
      endCursor: cursorOf(list, shown.at(-1)),
    },
  };
}

function cursorOf(list: string, row: { readonly id: string } | undefined): string | null {
  return row ? encodeCursor(list, row.id) : null;
}

function checkedFirst(first: number | null | undefined): number {
  const rows = first ?? usualPage;
  if (rows >= 1 && rows <= largestPage) return rows;
  throw new LockstepError(
    'BAD_USER_INPUT',
    `first: expected 1 to ${largestPage}, found ${rows}. Read further pages with "after".`,
    { field: 'first', limit: largestPage },
  );
}

function encodeCursor(list: string, id: string): string {
  return Buffer.from(`${list} ${id}`).toString('base64url');
}

const cursorText = /^(\w+) ([0-9a-f-]{36})$/;

function decodeCursor(list: string, cursor: string): string {
  const [, of, id] = cursorText.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (of !== list || id === undefined || !uuid.test(id)) throw cursorNotValid();
  return id;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function cursorNotValid(): LockstepError {
  return new LockstepError(
    'BAD_USER_INPUT',
    'after: this cursor is not valid here. Use an endCursor of the same list, or leave it out to start again.',
    { field: 'after' },
  );
}
