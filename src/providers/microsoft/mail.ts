import type { Clock } from '../../lib/clock.ts';
import type {
  AccountIdentity,
  ChangePage,
  MailFolder,
  MailMessage,
  MailProvider,
  MailWindow,
  MalformedItem,
  MessageIdPage,
  MessageListing,
  MessagePage,
  TakeWatermark,
  Watermark,
} from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { ItemFault } from '../item-fault.ts';
import { isObject } from '../json-object.ts';
import { PageLoopGuard } from '../page-loop.ts';
import { listFolders, wellKnownId } from './folders.ts';
import type { GraphClient } from './graph-client.ts';
import { readIdentity } from './identity.ts';
import { type OwnMailbox, readMessage } from './message.ts';
import { pageItems, pageLink } from './page.ts';

/** 50 messages with bodies stay far below Graph's time limit; ids alone come 1,000 at a time. */
const defaultPageSize = 50;
const idPageSize = 1000;

const messageFields = [
  'id',
  'changeKey',
  'internetMessageId',
  'conversationId',
  'parentFolderId',
  'receivedDateTime',
  'sentDateTime',
  'subject',
  'bodyPreview',
  'body',
  'from',
  'sender',
  'toRecipients',
  'ccRecipients',
  'bccRecipients',
  'isRead',
  'hasAttachments',
  'categories',
].join(',');
const messageSelect = `$select=${messageFields}&$expand=attachments($select=id,name,contentType,size,isInline)`;

/** A mailbox in Outlook, read through Microsoft Graph. */
export class MicrosoftMail implements MailProvider {
  readonly #graph: GraphClient;
  readonly #clock: Clock;
  readonly #loops = new Map<string, PageLoopGuard>();
  #identity: Promise<AccountIdentity> | null = null;
  #own: Promise<OwnMailbox> | null = null;

  constructor(graph: GraphClient, clock: Clock) {
    this.#graph = graph;
    this.#clock = clock;
  }

  identity(): Promise<AccountIdentity> {
    this.#identity ??= readIdentity(this.#graph).catch((error) => {
      this.#identity = null;
      throw error;
    });
    return this.#identity;
  }

  listFolders(): Promise<readonly MailFolder[]> {
    return listFolders(this.#graph);
  }

  async countMessages(folderId: string, window: MailWindow): Promise<number> {
    const query = `$count=true&$top=1&$select=id&$filter=${received(window)}`;
    const page = await this.#graph.get(`${messagesOf(folderId)}?${query}`);
    const count = page['@odata.count'];
    if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count;
    throw new ProviderError('PROVIDER_PROTOCOL', 'Microsoft Graph sent no usable message count.');
  }

  async pageMessages(listing: MessageListing): Promise<MessagePage> {
    const { items, next } = await this.#page(listing, messageSelect, defaultPageSize);
    const own = await this.#ownMailbox();
    const messages: MailMessage[] = [];
    const malformed: MalformedItem[] = [];
    for (const item of items) {
      try {
        messages.push(readMessage(item, listing.folderId, own));
      } catch (error) {
        if (!(error instanceof ItemFault)) throw error;
        malformed.push({ id: idOf(item), reason: error.message });
      }
    }
    return { messages, malformed, next };
  }

  async listMessageIds(listing: MessageListing): Promise<MessageIdPage> {
    const { items, next } = await this.#page(listing, '$select=id', idPageSize);
    const ids = items.map(idOf).filter((id) => id !== null);
    return { ids, withoutId: items.length - ids.length, next };
  }

  async getMessage(id: string): Promise<MailMessage> {
    const item = await this.#graph.get(`/me/messages/${encodeURIComponent(id)}?${messageSelect}`);
    const own = await this.#ownMailbox();
    try {
      return readMessage(item, null, own);
    } catch (error) {
      if (!(error instanceof ItemFault)) throw error;
      throw new ProviderError('ITEM_INVALID', `The message cannot be stored: ${error.message}.`, {
        cause: error,
      });
    }
  }

  async takeWatermark(folderId: string, options: TakeWatermark = {}): Promise<Watermark> {
    const takenAt = options.from?.takenAt ?? this.#clock();
    const loop = new PageLoopGuard();
    let target = options.from?.cursor ?? `${messagesOf(folderId)}/delta?$select=id`;
    for (;;) {
      const { next, watermark } = await this.changesSince(target);
      if (watermark) return { value: watermark, takenAt };
      if (next) {
        loop.step(target, next);
        await options.onRound?.({ cursor: next, takenAt });
      }
      target = next ?? target;
    }
  }

  async changesSince(cursor: string): Promise<ChangePage> {
    const page = await this.#graph.get(cursor, [`odata.maxpagesize=${idPageSize}`]);
    const watermark = pageLink(page, '@odata.deltaLink');
    const next = pageLink(page);
    if ((watermark === null) === (next === null)) {
      throw new ProviderError(
        'PROVIDER_PROTOCOL',
        'Microsoft Graph sent a delta page without exactly one link to follow.',
      );
    }
    const changed: string[] = [];
    const removed: string[] = [];
    for (const item of pageItems(page)) {
      const id = idOf(item);
      if (id) (isObject(item) && '@removed' in item ? removed : changed).push(id);
    }
    return { changed, removed, next, watermark };
  }

  async #page(listing: MessageListing, what: string, pageSize: number) {
    const { folderId, window, cursor } = listing;
    // $orderby's property must stand first in $filter, else 400 InefficientFilter.
    const first = `${messagesOf(folderId)}?$filter=${received(window)}&$orderby=receivedDateTime%20desc&$top=${listing.pageSize ?? pageSize}&${what}`;
    const page = await this.#graph.get(cursor ?? first);
    const items = pageItems(page);
    const next = pageLink(page);
    // A listing begun anew may take other steps than the last one did.
    const loop = (cursor && this.#loops.get(first)) || new PageLoopGuard();
    this.#loops.set(first, loop);
    if (next) loop.step(cursor ?? first, next);
    else this.#loops.delete(first);
    return { items, next };
  }

  #ownMailbox(): Promise<OwnMailbox> {
    this.#own ??= this.#readOwnMailbox().catch((error) => {
      this.#own = null;
      throw error;
    });
    return this.#own;
  }

  async #readOwnMailbox(): Promise<OwnMailbox> {
    const [{ addresses }, sentFolderId] = await Promise.all([
      this.identity(),
      wellKnownId(this.#graph, 'sent'),
    ]);
    return { addresses, sentFolderId };
  }
}

function messagesOf(folderId: string): string {
  return `/me/mailFolders/${encodeURIComponent(folderId)}/messages`;
}

/** The window as an encoded $filter. */
function received({ from, to }: MailWindow): string {
  const lower = `receivedDateTime ge ${from.toISOString()}`;
  const both = to === null ? lower : `${lower} and receivedDateTime lt ${to.toISOString()}`;
  return encodeURIComponent(both);
}

function idOf(item: unknown): string | null {
  return isObject(item) && typeof item['id'] === 'string' ? item['id'] : null;
}
