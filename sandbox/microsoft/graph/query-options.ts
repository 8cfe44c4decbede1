import { type Filter, parseFilter } from './filter-parser.ts';
import { badQuery, GraphError } from './graph-error.ts';
import { type OrderBy, parseOrderBy } from './order-by.ts';

export interface QueryOptions {
  readonly select: readonly string[] | null;
  readonly filter: Filter | null;
  readonly orderBy: readonly OrderBy[];
  readonly top: number | null;
  readonly skip: number;
  readonly skipToken: string | null;
  readonly deltaToken: string | null;
  readonly count: boolean;
  readonly search: string | null;
  readonly expand: readonly Expand[];
  /** Names that are no system query option, in lower case. */
  readonly custom: ReadonlyMap<string, string>;
}

export interface Expand {
  readonly property: string;
  readonly select: readonly string[] | null;
}

const systemOptions = [
  '$select',
  '$filter',
  '$orderby',
  '$top',
  '$skip',
  '$skiptoken',
  '$deltatoken',
  '$count',
  '$search',
  '$expand',
  '$format',
];

/** Reads OData system query options; names without regard to case, and without "$" too, as Graph does. */
export function parseQueryOptions(params: URLSearchParams): QueryOptions {
  const given = new Map<string, string>();
  const custom = new Map<string, string>();
  for (const [name, value] of params) {
    const lower = name.toLowerCase();
    const system = systemOptions.find((option) => option === lower || option === `$${lower}`);
    if (system === undefined && lower.startsWith('$'))
      throw badQuery(`The query parameter '${name}' is not supported.`);
    if (system === undefined) custom.set(lower, value);
    else if (given.has(system))
      throw badQuery(
        `Query option '${system}' was specified more than once, but it must be specified at most once.`,
      );
    else given.set(system, value);
  }
  const search = given.get('$search') ?? null;
  if (search !== null && given.has('$orderby'))
    throw new GraphError(
      400,
      'SearchWithOrderBy',
      "The query parameter '$orderBy' is not supported with '$search'.",
    );
  if (search !== null && given.has('$filter'))
    throw new GraphError(
      400,
      'SearchWithFilter',
      "The query parameter '$filter' is not supported with '$search'.",
    );
  const filterText = given.get('$filter');
  const filter = filterText === undefined ? null : parseFilter(filterText);
  const orderBy = parseOrderBy(given.get('$orderby'));
  if (filter !== null && orderBy.length > 0) checkEfficient(filter, orderBy);
  return {
    select: list(given.get('$select')),
    filter,
    orderBy,
    top: number(given.get('$top'), '$top', 1),
    skip: number(given.get('$skip'), '$skip', 0) ?? 0,
    skipToken: given.get('$skiptoken') ?? null,
    deltaToken: given.get('$deltatoken') ?? null,
    count: given.get('$count')?.toLowerCase() === 'true',
    search,
    expand: expands(given.get('$expand')),
    custom,
  };
}

/** Every property of $orderby must stand in $filter too, in the same order and before any other. */
function checkEfficient(filter: Filter, orderBy: readonly OrderBy[]): void {
  const fits = orderBy.every((order, i) => filter.properties[i] === order.path);
  if (!fits)
    throw new GraphError(
      400,
      'InefficientFilter',
      'The restriction or sort order is too complex for this operation.',
    );
}

function list(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function number(text: string | undefined, name: string, least: number): number | null {
  if (text === undefined) return null;
  if (!/^\d+$/.test(text) || Number(text) < least) {
    throw badQuery(
      `Invalid value '${text}' for ${name} query option found. The ${name} query option requires a non-negative integer value.`,
    );
  }
  return Number(text);
}

function expands(text: string | undefined): Expand[] {
  if (text === undefined) return [];
  return text.split(/,(?![^(]*\))/).map((part) => {
    const [, property = '', inner] = /^\s*([\w./]+)\s*(?:\((.*)\))?\s*$/.exec(part) ?? [];
    if (property === '') throw badQuery(`Syntax error in $expand '${part}'.`);
    if (inner === undefined) return { property, select: null };
    const select = /^\s*\$select=([\w,\s.]+)\s*$/i.exec(inner)?.[1];
    if (select === undefined)
      throw badQuery(`'${inner}' is not supported inside $expand; the sandbox knows $select only.`);
    return { property, select: list(select) };
  });
}
