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
  Watermark,
} from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { ItemFault } from '../item-fault.ts';
import type { JsonObject } from '../json-object.ts';
import { batchSize, type FetchedPart } from './fetch-messages.ts';
import type { GmailClient } from './gmail-client.ts';
import { historyIdOf, readChanges } from './history.ts';
import { readIdentity } from './identity.ts';
import { allMail, type LabelNames, readLabelNames, requireAllMail } from './labels.ts';
import { leftOutTexts, readMessage } from './message.ts';
import { MessageList } from './message-list.ts';

export interface GoogleMailParts {
  readonly gmail: GmailClient;
  /** Reads messages in one request; at most `batchSize`. */
  readonly fetchMessages: (ids: readonly string[]) => Promise<readonly FetchedPart[]>;
  readonly clock: Clock;
}

interface OwnMailbox {
  readonly addresses: readonly string[];
  readonly labels: LabelNames;
}

/** A text part longer than this is not fetched by itself: it would be cut anyway. Bytes. */
const longestText = 8_000_000;

/** A mailbox in Gmail. Its one folder is "All Mail"; labels are told with each message. */
export class GoogleMail implements MailProvider {
  readonly #parts: GoogleMailParts;
  readonly #list: MessageList;
  #identity: Promise<AccountIdentity> | null = null;
  #own: Promise<OwnMailbox> | null = null;

  constructor(parts: GoogleMailParts) {
    this.#parts = parts;
    this.#list = new MessageList(parts.gmail);
  }

  identity(): Promise<AccountIdentity> {
    this.#identity ??= this.#readIdentity().catch((error) => {
      this.#identity = null;
      throw error;
    });
    return this.#identity;
  }

  async listFolders(): Promise<readonly MailFolder[]> {
    return [allMail];
  }

  async countMessages(folderId: string, window: MailWindow): Promise<number> {
    requireAllMail(folderId);
    return this.#list.count(window);
  }

  async pageMessages({ folderId, window, cursor, pageSize }: MessageListing): Promise<MessagePage> {
    requireAllMail(folderId);
    const size = Math.min(pageSize ?? batchSize, batchSize);
    const { ids, next, withoutId } = await this.#list.wide(window, cursor, size);
    const [fetched, own] = await Promise.all([this.#parts.fetchMessages(ids), this.#ownMailbox()]);
    const messages: MailMessage[] = [];
    const malformed: MalformedItem[] = Array.from({ length: withoutId }, () => ({
      id: null,
      reason: 'id is missing',
    }));
    for (const [index, part] of fetched.entries()) {
      const id = ids[index] ?? null;
      if (part.kind === 'failed') malformed.push({ id, reason: part.reason });
      if (part.kind !== 'message') continue;
      try {
        const message = await this.#message(part.body, own);
        // Meanwhile it may have gone to the bin, and the list begins a second early.
        if (message.folderId === folderId && isWithin(message, window)) messages.push(message);
      } catch (error) {
        if (!(error instanceof ItemFault)) throw error;
        malformed.push({ id, reason: error.message });
      }
    }
    return { messages, malformed, next };
  }

  async listMessageIds({ folderId, window, cursor, pageSize }: MessageListing) {
    requireAllMail(folderId);
    const page: MessageIdPage = await this.#list.page(window, cursor, pageSize);
    return page;
  }

  async getMessage(id: string): Promise<MailMessage> {
    const [item, own] = await Promise.all([this.#item(id), this.#ownMailbox()]);
    try {
      return await this.#message(item, own);
    } catch (error) {
      if (!(error instanceof ItemFault)) throw error;
      throw new ProviderError('ITEM_INVALID', `The message cannot be stored: ${error.message}.`, {
        cause: error,
      });
    }
  }

  async takeWatermark(folderId: string): Promise<Watermark> {
    requireAllMail(folderId);
    const takenAt = this.#parts.clock();
    return { value: historyIdOf(await this.#parts.gmail.profile()), takenAt };
  }

  changesSince(cursor: string): Promise<ChangePage> {
    return readChanges(this.#parts.gmail, cursor);
  }

  async #item(id: string): Promise<JsonObject> {
    try {
      return await this.#parts.gmail.message(id);
    } catch (error) {
      // "Invalid id value" for a text that is no id.
      const isNoId = error instanceof ProviderError && error.status === 400;
      if (!isNoId || error.failure !== 'PROVIDER_PROTOCOL') throw error;
      throw new ProviderError('NOT_FOUND', 'Gmail has no such message.', { cause: error });
    }
  }

  async #message(item: JsonObject, own: OwnMailbox): Promise<MailMessage> {
    const texts = new Map<string, string>();
    const id = item['id'];
    for (const { partId, attachmentId, size } of leftOutTexts(item)) {
      if (typeof id !== 'string' || (size ?? 0) > longestText) continue;
      const { data } = await this.#parts.gmail.attachment(id, attachmentId);
      if (typeof data === 'string') texts.set(partId, data);
    }
    return readMessage(item, { ...own, texts });
  }

  async #readIdentity(): Promise<AccountIdentity> {
    const { gmail } = this.#parts;
    const [userInfo, profile] = await Promise.all([gmail.userInfo(), gmail.profile()]);
    return readIdentity(userInfo, profile);
  }

  #ownMailbox(): Promise<OwnMailbox> {
    this.#own ??= this.#readOwnMailbox().catch((error) => {
      this.#own = null;
      throw error;
    });
    return this.#own;
  }

  async #readOwnMailbox(): Promise<OwnMailbox> {
    const [{ addresses }, labels] = await Promise.all([
      this.identity(),
      readLabelNames(this.#parts.gmail),
    ]);
    return { addresses, labels };
  }
}

function isWithin({ receivedAt }: MailMessage, { from, to }: MailWindow): boolean {
  return receivedAt >= from && (to === null || receivedAt < to);
}
