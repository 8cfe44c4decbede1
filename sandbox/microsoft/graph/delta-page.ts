import type { Folder } from '../mailbox/folder.ts';
import { messageId } from '../mailbox/ids.ts';
import { changeKey } from '../mailbox/message-fields.ts';
import type { MicrosoftSettings } from '../settings.ts';
import { type DeltaChange, deltaChanges } from './delta-changes.ts';
import { startDelta } from './delta-start.ts';
import { type DeltaState, readDeltaToken, writeDeltaToken } from './delta-token.ts';
import { GraphError } from './graph-error.ts';
import type { GraphRequest } from './graph-request.ts';
import { graphOrigin } from './links.ts';
import { messageJson, readShape, type Shape } from './message-json.ts';
import { finishPage } from './page-fault.ts';
import type { QueryOptions } from './query-options.ts';
import { shuffle } from './shuffle.ts';

/** One page of GET .../messages/delta, first or later. */
export function deltaPage(
  request: GraphRequest,
  folder: Folder,
  options: QueryOptions,
  settings: MicrosoftSettings,
): Record<string, unknown> {
  const token = options.deltaToken ?? options.skipToken;
  const state =
    token === null
      ? startDelta(request, folder, options)
      : resume(request, folder, token, options.deltaToken !== null, settings);
  const wanted = request.preferences.maxPageSize ?? state.top ?? 10;
  const size = Math.min(wanted, settings.pageSize ?? wanted, 1000);
  const shape = readShape(
    state.select,
    state.expand ? [{ property: 'attachments', select: null }] : [],
  );
  const { fault } = request;
  const back = fault?.type === 'repeat-items' ? fault.count : 0;
  const page =
    fault?.type === 'empty-page'
      ? { items: [], next: { ...state, salt: state.salt + 1 } }
      : take(request, folder, state, size, back, shape, settings);
  const value =
    settings.deltaOrder === 'shuffled' ? shuffle(page.items, state.end + state.given) : page.items;
  const done = page.next === null;
  const after: DeltaState = page.next ?? {
    ...state,
    phase: 'changes',
    from: state.end,
    key: null,
    given: 0,
    cursor: 0,
  };
  const link = `${graphOrigin}${request.url.pathname}?${new URLSearchParams({ [done ? '$deltatoken' : '$skiptoken']: writeDeltaToken(after) })}`;
  return finishPage(request, {
    '@odata.context': `https://graph.microsoft.com/v1.0/$metadata#Collection(message)`,
    [done ? '@odata.deltaLink' : '@odata.nextLink']: link,
    value,
  });
}

/** A delta link begins a new round; a next link goes on with one. */
function resume(
  request: GraphRequest,
  folder: Folder,
  token: string,
  isNewRound: boolean,
  settings: MicrosoftSettings,
): DeltaState {
  const state = readDeltaToken(token);
  if (state.oid !== request.account.oid || state.folder !== folder.number) {
    throw new GraphError(
      400,
      'InvalidDeltaToken',
      'The delta token does not belong to this folder.',
    );
  }
  if (state.generation !== folder.generation) {
    const code = settings.deltaGone === 'location' ? 'SyncStateNotFound' : settings.deltaGone;
    const headers =
      settings.deltaGone === 'location'
        ? { location: `${graphOrigin}${request.url.pathname}` }
        : undefined;
    throw new GraphError(
      410,
      code,
      'The sync state generation is not found; generation was changed.',
      headers,
    );
  }
  return isNewRound ? { ...state, end: request.mailbox.sequence, cursor: state.from } : state;
}

interface Taken {
  readonly items: unknown[];
  readonly next: DeltaState | null;
}

function take(
  request: GraphRequest,
  folder: Folder,
  state: DeltaState,
  size: number,
  back: number,
  shape: Shape,
  settings: MicrosoftSettings,
): Taken {
  return state.phase === 'all'
    ? takeAll(request, folder, state, size, back, shape, settings)
    : takeChanges(request, folder, state, size, back, shape);
}

/** The first enumeration: newest first, held by the last message given, so that arrivals do not shift it. */
function takeAll(
  request: GraphRequest,
  folder: Folder,
  state: DeltaState,
  size: number,
  back: number,
  shape: Shape,
  settings: MicrosoftSettings,
): Taken {
  if (state.changeTypes !== null && !state.changeTypes.includes('created'))
    return { items: [], next: null };
  const records = folder.index.records();
  const floor =
    state.first === null ? 0 : folder.index.range(state.first, Number.POSITIVE_INFINITY).from;
  const top = state.key === null ? records.length : folder.index.before(...state.key);
  const cap =
    state.first === null ? Number.POSITIVE_INFINITY : settings.deltaFilterCap - state.given;
  const from = Math.max(floor, top - Math.min(size, cap));
  const chosen = records.slice(from, Math.min(records.length, top + back)).reverse();
  const given = state.given + (top - from);
  const last = records[from];
  const items = chosen.map((record) => typed(messageJson(request, record, shape)));
  const done =
    from <= floor ||
    (state.first !== null && given >= settings.deltaFilterCap) ||
    last === undefined;
  return { items, next: done ? null : { ...state, key: [last.at, last.n], given } };
}

function takeChanges(
  request: GraphRequest,
  folder: Folder,
  state: DeltaState,
  size: number,
  back: number,
  shape: Shape,
): Taken {
  const all = deltaChanges(request.mailbox, folder, state);
  const start = all.findIndex((change) => change.sequence > state.cursor);
  if (start === -1) return { items: [], next: null };
  const page = all.slice(start, start + size);
  const items = all
    .slice(Math.max(0, start - back), start + size)
    .map((change) => changeJson(request, change, shape));
  const last = page.at(-1);
  const done = start + size >= all.length || last === undefined;
  return { items, next: done ? null : { ...state, cursor: last.sequence } };
}

function changeJson(request: GraphRequest, change: DeltaChange, shape: Shape): unknown {
  const { mailbox, view } = request;
  switch (change.type) {
    case 'deleted':
      return {
        '@odata.type': '#microsoft.graph.message',
        id: messageId(mailbox, change, view.immutableIds),
        '@removed': { reason: 'deleted' },
      };
    case 'read':
      return typed({
        '@odata.etag': `W/"${changeKey(change.record)}"`,
        id: messageId(mailbox, change.record, view.immutableIds),
        isRead: (change.record.flags & 1) !== 0,
      });
    case 'created':
    case 'updated':
      return typed(messageJson(request, change.record, shape));
  }
}

function typed(json: Record<string, unknown> | null): unknown {
  return json === null ? null : { '@odata.type': '#microsoft.graph.message', ...json };
}
