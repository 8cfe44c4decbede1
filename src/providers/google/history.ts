import type { ChangePage } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { isObject, type JsonObject } from '../json-object.ts';
import type { GmailClient } from './gmail-client.ts';
import { allMail, folderOf } from './labels.ts';

/** The most that Gmail gives. */
const pageSize = 500;

/**
 * One page of the mailbox's history. The cursor is a history id, or that and a page token while a
 * reading is under way; Gmail forgets history after a week or so, at times after hours.
 * @throws ProviderError CURSOR_EXPIRED
 */
export async function readChanges(gmail: GmailClient, cursor: string): Promise<ChangePage> {
  const [, start, pageToken = null] = /^(\d{1,20})(?: (.+))?$/.exec(cursor) ?? [];
  if (start === undefined) throw expired('the cursor is not one of Gmail’s');
  const page = await gmail
    .history({ startHistoryId: start, maxResults: pageSize, pageToken })
    .catch((error) => {
      // Too old is 404; 0, damaged ids and outlived page tokens are 400.
      const isDead = error instanceof ProviderError && [400, 404].includes(error.status ?? 0);
      throw isDead ? expired('Gmail no longer has the history since then', error) : error;
    });
  const { changed, removed } = changesOf(page);
  const next = page['nextPageToken'] ?? null;
  if (next !== null && typeof next !== 'string') throw unusable('nextPageToken');
  if (next !== null) return { changed, removed, next: `${start} ${next}`, watermark: null };
  return { changed, removed, next: null, watermark: laterId(start, page['historyId']) };
}

/** Where the mailbox's history stands now. */
export function historyIdOf(profile: JsonObject): string {
  const id = profile['historyId'];
  if (typeof id === 'string' && /^\d{1,20}$/.test(id)) return id;
  throw unusable('historyId');
}

/** Ids are 64-bit numbers in a text; an answer that lags behind must not turn the cursor back. */
function laterId(start: string, answered: unknown): string {
  const id = historyIdOf({ historyId: answered });
  return BigInt(id) > BigInt(start) ? id : start;
}

/** What became of each message in the end; records are in the order of events. */
function changesOf(page: JsonObject): { changed: string[]; removed: string[] } {
  const records = page['history'] ?? [];
  if (!Array.isArray(records)) throw unusable('history');
  const fates = new Map<string, 'changed' | 'removed'>();
  for (const record of records.filter(isObject)) {
    for (const { id, isHere, isNew } of eventsOf(record)) {
      // A draft or spam that was never in all mail is nothing to remove.
      if (isNew && !isHere && !fates.has(id)) continue;
      fates.set(id, isHere ? 'changed' : 'removed');
    }
  }
  const of = (fate: string) => [...fates].filter((one) => one[1] === fate).map(([id]) => id);
  return { changed: of('changed'), removed: of('removed') };
}

interface Event {
  readonly id: string;
  /** Whether the message lies in all mail afterwards. */
  readonly isHere: boolean;
  readonly isNew: boolean;
}

const eventLists = ['messagesAdded', 'labelsAdded', 'labelsRemoved', 'messagesDeleted'] as const;

function eventsOf(record: JsonObject): Event[] {
  return eventLists.flatMap((list) => {
    const entries = record[list] ?? [];
    if (!Array.isArray(entries)) throw unusable(list);
    return entries.filter(isObject).flatMap((entry) => {
      const message = isObject(entry['message']) ? entry['message'] : {};
      const { id, labelIds } = message;
      if (typeof id !== 'string') return [];
      const added = list === 'labelsAdded' ? entry['labelIds'] : [];
      const labels = [labelIds, added].flatMap((one) => (Array.isArray(one) ? one : []));
      const isHere = list !== 'messagesDeleted' && folderOf(labels) === allMail.id;
      return [{ id, isHere, isNew: list === 'messagesAdded' }];
    });
  });
}

function expired(what: string, cause?: unknown): ProviderError {
  return new ProviderError('CURSOR_EXPIRED', `Changes cannot be read on: ${what}.`, {
    ...(cause === undefined ? {} : { cause }),
  });
}

function unusable(member: string): ProviderError {
  return new ProviderError('PROVIDER_PROTOCOL', `Gmail sent an unusable ${member}.`);
}
