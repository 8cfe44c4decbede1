/**
 * What Lockstep asks of a mail provider, in words that belong to no vendor. Everything here is plain
 * data; vendor types stop inside `src/providers/<vendor>`. Every call may throw `ProviderError`
 * (`failure` says why); none of them retries by itself except after a wait the provider asked for.
 */
export const vendors = ['microsoft', 'google'] as const;
export type Vendor = (typeof vendors)[number];

/** Who an account is. Only `vendor` + `tenant` + `subject` identify it; addresses change hands. */
export interface AccountIdentity {
  readonly vendor: Vendor;
  /** The vendor's stable id of the person (Microsoft: `oid`, Google: `sub`). */
  readonly subject: string;
  /** Microsoft's directory (`tid`); null where the vendor has none. */
  readonly tenant: string | null;
  /** Null when the account has no mailbox address. */
  readonly email: string | null;
  readonly displayName: string | null;
  /** All addresses known as the account's own, lower case; decides a message's direction. */
  readonly addresses: readonly string[];
}

/** Folders that every mailbox has, under one name for all vendors. */
export const wellKnownFolders = ['inbox', 'sent', 'archive', 'drafts', 'junk', 'deleted'] as const;
export type WellKnownFolder = (typeof wellKnownFolders)[number];

export interface MailFolder {
  readonly id: string;
  readonly name: string;
  /** Names from the top folder down to this one, joined by "/". */
  readonly path: string;
  readonly parentId: string | null;
  readonly wellKnown: WellKnownFolder | null;
  /** All messages in it, whatever their age; null when the provider does not say. */
  readonly totalCount: number | null;
}

/** Received time from `from` (inclusive) to `to` (exclusive; null: no upper bound). */
export interface MailWindow {
  readonly from: Date;
  readonly to: Date | null;
}

export interface MailAddress {
  readonly address: string | null;
  readonly name: string | null;
}

export const attachmentKinds = ['file', 'item', 'reference', 'unknown'] as const;
export type AttachmentKind = (typeof attachmentKinds)[number];

/** What is known about an attachment without reading its content. */
export interface MailAttachment {
  readonly id: string;
  readonly kind: AttachmentKind;
  readonly name: string | null;
  readonly contentType: string | null;
  readonly sizeBytes: number | null;
  readonly isInline: boolean;
}

export const mailDirections = ['inbound', 'outbound'] as const;
export type MailDirection = (typeof mailDirections)[number];

/** One message, cleaned for storage; what the provider did not send is null, never invented. */
export interface MailMessage {
  /** Immutable: survives a move to another folder. */
  readonly id: string;
  readonly internetMessageId: string | null;
  readonly threadId: string | null;
  readonly folderId: string;
  readonly labels: readonly string[];
  readonly direction: MailDirection;
  readonly from: MailAddress | null;
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly bcc: readonly MailAddress[];
  readonly subject: string | null;
  readonly snippet: string | null;
  readonly sentAt: Date | null;
  readonly receivedAt: Date;
  /** At most one of the two comes from Microsoft; both may come from Google. */
  readonly bodyText: string | null;
  readonly bodyHtml: string | null;
  readonly isRead: boolean | null;
  readonly hasAttachments: boolean;
  readonly attachments: readonly MailAttachment[];
  readonly sizeBytes: number | null;
  /** Changes whenever the message changes; null when the provider sends none. */
  readonly changeKey: string | null;
  /** What cleaning did to it, e.g. "subject: 1 NUL character removed"; no private text. */
  readonly notes: readonly string[];
}

/** An item of a page that cannot be stored; the rest of the page can. */
export interface MalformedItem {
  readonly id: string | null;
  /** What is wrong with it; no private text. */
  readonly reason: string;
}

export interface MessagePage {
  /** Newest first within the listing. May be empty although `next` is set. */
  readonly messages: readonly MailMessage[];
  readonly malformed: readonly MalformedItem[];
  /** Opaque; hand it back as `cursor`. Null on the last page. */
  readonly next: string | null;
}

export interface MessageIdPage {
  readonly ids: readonly string[];
  /** Items that carried no usable id; they can be neither stored nor compared. */
  readonly withoutId: number;
  readonly next: string | null;
}

export interface MessageListing {
  readonly folderId: string;
  readonly window: MailWindow;
  /** `next` of the page before; null for the first page. */
  readonly cursor: string | null;
  /** At most this many per page (an upper bound; providers may send fewer). */
  readonly pageSize?: number;
}

/** Where following a folder's changes starts. */
export interface Watermark {
  /** Opaque text to keep with the folder. */
  readonly value: string;
  readonly takenAt: Date;
}

/** A watermark that takes many requests, half-way: kept, a later attempt can go on with it. */
export interface WatermarkRound {
  /** Opaque. */
  readonly cursor: string;
  readonly takenAt: Date;
}

export interface TakeWatermark {
  /** Where an earlier attempt stopped; forgotten by the provider, it is thrown as `CURSOR_EXPIRED`. */
  readonly from?: WatermarkRound | null;
  /** Told after each request but the last. */
  readonly onRound?: (round: WatermarkRound) => Promise<void>;
}

/** What happened in a folder since a watermark; one of `next` and `watermark` is set. */
export interface ChangePage {
  /** New or changed; may repeat, in any order, and may be gone by the time they are fetched. */
  readonly changed: readonly string[];
  /** No longer in this folder: deleted, or moved to another one, so look there before deleting. */
  readonly removed: readonly string[];
  readonly next: string | null;
  readonly watermark: string | null;
}

/** One mailbox, opened for one piece of work. */
export interface MailProvider {
  identity(): Promise<AccountIdentity>;
  /** Every folder at any depth, without drafts, junk, deleted items and hidden ones. */
  listFolders(): Promise<readonly MailFolder[]>;
  countMessages(folderId: string, window: MailWindow): Promise<number>;
  /** Messages with bodies and attachment metadata, newest first. */
  pageMessages(listing: MessageListing): Promise<MessagePage>;
  /** Ids alone, for the completeness audit. */
  listMessageIds(listing: MessageListing): Promise<MessageIdPage>;
  getMessage(id: string): Promise<MailMessage>;
  /**
   * Takes the point from which later changes will be reported; call it before the first page, so
   * that nothing arriving meanwhile is missed. Reads the folder's ids once (no filter: Graph ends a
   * filtered delta at 5,000 messages).
   */
  takeWatermark(folderId: string, options?: TakeWatermark): Promise<Watermark>;
  /**
   * Changes since a watermark, or the next page of them (`next` of the page before).
   * A watermark that the provider forgot is thrown as `CURSOR_EXPIRED`: read the folder anew.
   */
  changesSince(cursor: string): Promise<ChangePage>;
}

/** A token for the account; `rejected` names one that the provider just refused with 401. */
export type TokenSource = (options?: { readonly rejected?: string }) => Promise<string>;

export interface OpenMailOptions {
  /** One account, one gate: calls of all callers with this key share limits and waits. */
  readonly accountKey: string;
  readonly token: TokenSource;
  /** Ends calls and waits that are under way. */
  readonly signal?: AbortSignal;
  /** Told before a wait that the provider asked for; `reason` is fit for a person. */
  readonly onWait?: (reason: string, until: Date) => void | Promise<void>;
  /**
   * Longest wait spent inside a call, seconds (default 60); a longer one is thrown as
   * `RATE_LIMITED` with `retryAfterSeconds`, so that the caller can give its worker back.
   */
  readonly longestWaitSeconds?: number;
  /** Told when fresh tokens are refused too, before `NEEDS_REAUTH` is thrown. */
  readonly onUnauthorized?: (reason: string) => Promise<void>;
}

export interface MailProviderFactory {
  readonly vendor: Vendor;
  open(options: OpenMailOptions): MailProvider;
}
