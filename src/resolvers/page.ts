import { createHash } from 'node:crypto';
import { LockstepError } from '../errors.ts';
import type { Member } from '../services/access-member.ts';

/** The arguments of every long list. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** Where an entry lies in its list: the value it is ordered by, as the database writes it, then its id. */
export interface ListPlace {
  /** Exact text of the value, because a JavaScript date cannot hold microseconds; null for none. */
  readonly key: string | null;
  readonly id: string;
}

/** Which entries to read: `take` of them, behind that place. */
export interface PageWindow {
  readonly take: number;
  readonly after: ListPlace | null;
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

/** Entries that `first` asks for, never out of bounds: what an operation is priced with. */
export function pageSizeOf(first: number | null | undefined): number {
  return Math.min(Math.max(first ?? usualPage, 0), largestPage);
}

/**
 * One page of a list, found by the place of its first entry and never by counting. A cursor holds
 * that place, so it also works when its entry has changed or gone; it is bound to its list and to
 * the organisation it was given in.
 * @throws LockstepError BAD_USER_INPUT
 */
export async function readPage<T>(
  list: string,
  member: Member,
  args: PageArgs,
  read: (window: PageWindow) => Promise<readonly { readonly place: ListPlace; readonly node: T }[]>,
): Promise<Page<T>> {
  const first = checkedFirst(args.first);
  const binding = bindingOf(list, member);
  const after = args.after ? placeIn(args.after, binding) : null;
  const entries = await read({ take: first + 1, after });
  const edges = entries
    .slice(0, first)
    .map(({ place, node }) => ({ cursor: cursorOf(place, binding), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: entries.length > first,
      hasPreviousPage: after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function checkedFirst(first: number | null | undefined): number {
  const entries = first ?? usualPage;
  if (entries >= 1 && entries <= largestPage) return entries;
  throw new LockstepError(
    'BAD_USER_INPUT',
    `first: expected 1 to ${largestPage}, found ${entries}. Read further pages with "after".`,
    { field: 'first', limit: largestPage },
  );
}

/** What a cursor must carry to be valid here. A forged one reaches nothing: row policies still hold. */
function bindingOf(list: string, { reach, organizationId }: Member): string {
  const where = reach === 'all' ? 'all' : organizationId;
  return createHash('sha256').update(`${list} ${where}`).digest('base64url').slice(0, 10);
}

function cursorOf({ key, id }: ListPlace, binding: string): string {
  return Buffer.from(JSON.stringify([binding, key, id])).toString('base64url');
}

const longestCursor = 600;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function placeIn(cursor: string, binding: string): ListPlace {
  const [boundTo, key, id] = partsOf(cursor);
  const isKey = key === null || (typeof key === 'string' && !key.includes('\0'));
  if (boundTo !== binding || !isKey || typeof id !== 'string' || !uuid.test(id)) {
    throw new LockstepError(
      'BAD_USER_INPUT',
      'after: this cursor is not valid here. Use an endCursor of the same list, or leave it out to start again.',
      { field: 'after' },
    );
  }
  return { key, id };
}

function partsOf(cursor: string): readonly unknown[] {
  if (cursor.length > longestCursor) return [];
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
