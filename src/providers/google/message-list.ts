import { sleep } from '../../lib/sleep.ts';
import type { MailWindow, MessageIdPage } from '../contract.ts';
import { type FailureCode, ProviderError } from '../errors.ts';
import { isObject, type JsonObject } from '../json-object.ts';
import { PageLoopGuard } from '../page-loop.ts';
import type { GmailClient } from './gmail-client.ts';

/** The most that Gmail gives. */
const idPageSize = 500;

const passing: readonly FailureCode[] = [
  'PROVIDER_UNAVAILABLE',
  'PROVIDER_TIMEOUT',
  'PROVIDER_PROTOCOL',
];
const secondChanceMilliseconds = [250, 1000];

/**
 * Lists the ids of a window. Whether `after:` takes in the very second it names is not documented, so
 * a second more is asked for, and what lies in that second is left out.
 */
export class MessageList {
  readonly #gmail: GmailClient;
  readonly #loops = new Map<string, PageLoopGuard>();
  readonly #before = new Map<number, Promise<ReadonlySet<string>>>();

  constructor(gmail: GmailClient) {
    this.#gmail = gmail;
  }

  /** One page of ids that lie in the window, at most 500. */
  async page(window: MailWindow, cursor: string | null, size = idPageSize): Promise<MessageIdPage> {
    const before = await this.#justBefore(window);
    const page = await this.#raw(query(window), cursor, Math.min(size, idPageSize));
    return { ...page, ids: page.ids.filter((id) => !before.has(id)) };
  }

  /** One page whose first items may lie up to a second before the window. */
  wide(window: MailWindow, cursor: string | null, size: number): Promise<MessageIdPage> {
    return this.#raw(query(window), cursor, Math.min(size, idPageSize));
  }

  /** All of them are listed, a hitch overlooked: `resultSizeEstimate` is a guess, and 500 ids cost as much as a fourth of a message. */
  async count(window: MailWindow): Promise<number> {
    const ids = new Set<string>();
    let withoutId = 0;
    for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
      const at = cursor;
      const page: MessageIdPage = await withSecondChance(() => this.page(window, at));
      for (const id of page.ids) ids.add(id);
      withoutId += page.withoutId;
      cursor = page.next;
    }
    return ids.size + withoutId;
  }

  /** What was received in the second before the window, read once. */
  #justBefore(window: MailWindow): Promise<ReadonlySet<string>> {
    const from = fromSecond(window);
    const known = this.#before.get(from);
    if (known) return known;
    const q = `-in:drafts after:${from - 2} before:${from}`;
    const reading = this.#raw(q, null, idPageSize).then(({ ids }) => new Set(ids));
    this.#before.set(from, reading);
    reading.catch(() => this.#before.delete(from));
    return reading;
  }

  async #raw(q: string, cursor: string | null, maxResults: number): Promise<MessageIdPage> {
    const page = await this.#gmail
      .listMessages({ q, maxResults, pageToken: cursor })
      .catch((error) => {
        const isDead = error instanceof ProviderError && error.status === 400 && cursor !== null;
        throw isDead
          ? new ProviderError('CURSOR_EXPIRED', 'Gmail no longer takes the page token.', {
              cause: error,
            })
          : error;
      });
    const next = page['nextPageToken'] ?? null;
    if (next !== null && (typeof next !== 'string' || next === '')) {
      throw new ProviderError('PROVIDER_PROTOCOL', 'Gmail sent an unusable nextPageToken.');
    }
    // A listing begun anew may take other steps than the last one did.
    const loop = (cursor && this.#loops.get(q)) || new PageLoopGuard();
    this.#loops.set(q, loop);
    if (next !== null) loop.step(cursor ?? '', next);
    else this.#loops.delete(q);
    return { ...idsOf(page), next };
  }
}

/** A count is hundreds of calls that leave nothing behind: one hitch must not cost them all. */
async function withSecondChance<T>(call: () => Promise<T>): Promise<T> {
  for (const wait of secondChanceMilliseconds) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ProviderError) || !passing.includes(error.failure)) throw error;
      await sleep(wait);
    }
  }
  return call();
}

function fromSecond({ from }: MailWindow): number {
  return Math.floor(from.getTime() / 1000);
}

/** Seconds, because a date would mean midnight in California; spam and trash are left out by Gmail. */
function query(window: MailWindow): string {
  const lower = `-in:drafts after:${fromSecond(window) - 1}`;
  if (window.to === null) return lower;
  return `${lower} before:${Math.ceil(window.to.getTime() / 1000)}`;
}

/** `messages` is absent when there are none. */
function idsOf(page: JsonObject): { ids: string[]; withoutId: number } {
  const items = page['messages'] ?? [];
  if (!Array.isArray(items)) {
    throw new ProviderError('PROVIDER_PROTOCOL', 'Gmail sent a list that is none.');
  }
  const ids = items.flatMap((item) => {
    const id = isObject(item) ? item['id'] : null;
    return typeof id === 'string' && id !== '' ? [id] : [];
  });
  return { ids, withoutId: items.length - ids.length };
}
