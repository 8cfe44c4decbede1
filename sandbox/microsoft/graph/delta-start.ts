import type { Folder } from '../mailbox/folder.ts';
import type { DeltaState } from './delta-token.ts';
import { badQuery, GraphError } from './graph-error.ts';
import type { GraphRequest } from './graph-request.ts';
import type { QueryOptions } from './query-options.ts';

const changeTypes = ['created', 'updated', 'deleted'];

/** Reads the parameters of a first delta request; later pages carry them in their token. */
export function startDelta(
  request: GraphRequest,
  folder: Folder,
  options: QueryOptions,
): DeltaState {
  if (options.search !== null || options.skip > 0) throw unsupported('$search, $skip');
  const order = options.orderBy;
  if (
    order.length > 0 &&
    (order.length > 1 || order[0]?.path !== 'receivedDateTime' || !order[0].descending)
  )
    throw unsupported('$orderby');
  const types =
    options.custom
      .get('changetype')
      ?.split(',')
      .map((type) => type.trim().toLowerCase()) ?? null;
  if (types?.some((type) => !changeTypes.includes(type)) === true)
    throw badQuery(`'${types.join(',')}' is not a value of changeType.`);
  const expands = options.expand.filter((one) => one.property !== 'attachments');
  if (expands.length > 0) throw unsupported('$expand');
  return {
    oid: request.account.oid,
    folder: folder.number,
    generation: folder.generation,
    phase: 'all',
    from: 0,
    end: request.mailbox.sequence,
    key: null,
    given: 0,
    cursor: 0,
    first: firstOf(options),
    select: options.select,
    expand: options.expand.length > 0,
    changeTypes: types,
    top: options.top,
    salt: 0,
  };
}

/** Delta takes receivedDateTime ge or gt, and nothing else. */
function firstOf(options: QueryOptions): number | null {
  const expression = options.filter?.expression;
  if (expression === undefined) return null;
  const fits =
    expression.type === 'compare' &&
    expression.path === 'receivedDateTime' &&
    expression.literal.type === 'date';
  if (!fits || expression.literal.type !== 'date') throw unsupported('$filter');
  const seconds = expression.literal.value / 1000;
  if (expression.comparison === 'ge') return Math.ceil(seconds);
  if (expression.comparison === 'gt') return Math.floor(seconds) + 1;
  throw unsupported('$filter');
}

function unsupported(names: string): GraphError {
  return new GraphError(
    400,
    'ErrorInvalidUrlQuery',
    `The following parameters are not supported with change tracking over the 'Messages' resource: '${names}'.`,
  );
}
