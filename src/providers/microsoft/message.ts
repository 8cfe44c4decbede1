import { cleanText } from '../clean-text.ts';
import type { AttachmentKind, MailAddress, MailAttachment, MailMessage } from '../contract.ts';
import { ItemFault } from '../item-fault.ts';
import { isObject, type JsonObject } from '../json-object.ts';
import { messageLimits as limits } from '../message-limits.ts';

/** What decides whether a message was sent or received by the account. */
export interface OwnMailbox {
  /** Lower case. */
  readonly addresses: readonly string[];
  readonly sentFolderId: string | null;
}

/** Graph's message as ours. Null stays null; a member of the wrong kind makes the item malformed. */
export function readMessage(item: unknown, folderId: string | null, own: OwnMailbox): MailMessage {
  if (!isObject(item)) throw new ItemFault(`the item is ${item === null ? 'null' : typeof item}`);
  const read = new Reader(item);
  const id = read.text('id', limits.id);
  if (!id) throw new ItemFault('id is missing');
  const folder = read.text('parentFolderId', limits.id) ?? folderId;
  if (!folder) throw new ItemFault('parentFolderId is missing');
  const receivedAt = read.date('receivedDateTime');
  if (!receivedAt) throw new ItemFault('receivedDateTime is missing');
  const from = read.person('from') ?? read.person('sender');
  const body = read.body();
  const attachments = readAttachments(read);
  return {
    id,
    internetMessageId: read.text('internetMessageId', limits.id),
    threadId: read.text('conversationId', limits.id),
    folderId: folder,
    labels: read.texts('categories'),
    direction: isOwn(from, read.person('sender'), folder, own) ? 'outbound' : 'inbound',
    from,
    to: read.people('toRecipients'),
    cc: read.people('ccRecipients'),
    bcc: read.people('bccRecipients'),
    subject: read.text('subject', limits.subject),
    snippet: read.text('bodyPreview', limits.snippet),
    sentAt: read.date('sentDateTime'),
    receivedAt,
    bodyText: body.type === 'text' ? body.content : null,
    bodyHtml: body.type === 'html' ? body.content : null,
    isRead: read.flag('isRead'),
    hasAttachments: read.flag('hasAttachments') ?? attachments.length > 0,
    attachments,
    // Graph v1.0 tells no message size.
    sizeBytes: null,
    changeKey: read.text('changeKey', limits.id),
    notes: read.notes,
  };
}

function isOwn(
  from: MailAddress | null,
  sender: MailAddress | null,
  folderId: string,
  own: OwnMailbox,
): boolean {
  if (folderId === own.sentFolderId) return true;
  return [from, sender].some(
    (one) => one?.address != null && own.addresses.includes(one.address.toLowerCase()),
  );
}

function readAttachments(read: Reader): MailAttachment[] {
  return read.list('attachments').map((item, index) => {
    if (!isObject(item)) throw new ItemFault(`attachments[${index}] is not an object`);
    const one = new Reader(item, `attachments[${index}].`);
    const id = one.text('id', limits.id);
    if (!id) throw new ItemFault(`attachments[${index}].id is missing`);
    const attachment = {
      id,
      kind: attachmentKind(item),
      name: one.text('name', limits.name),
      contentType: one.text('contentType', limits.name),
      sizeBytes: one.count('size'),
      isInline: one.flag('isInline') ?? false,
    };
    read.notes.push(...one.notes);
    return attachment;
  });
}

function attachmentKind(item: JsonObject): AttachmentKind {
  switch (item['@odata.type']) {
    case '#microsoft.graph.fileAttachment':
      return 'file';
    case '#microsoft.graph.itemAttachment':
      return 'item';
    case '#microsoft.graph.referenceAttachment':
      return 'reference';
    default:
      return 'unknown';
  }
}

/** Reads members of one object; collects what cleaning changed. */
class Reader {
  readonly notes: string[] = [];
  readonly #item: JsonObject;
  readonly #prefix: string;

  constructor(item: JsonObject, prefix = '') {
    this.#item = item;
    this.#prefix = prefix;
  }

  text(name: string, limit: number): string | null {
    const value = this.#item[name] ?? null;
    if (value === null) return null;
    if (typeof value !== 'string') throw this.#wrong(name, 'a text', value);
    const clean = cleanText(value, `${this.#prefix}${name}`, limit);
    this.notes.push(...clean.notes);
    return clean.text;
  }

  texts(name: string): string[] {
    return this.list(name).map((value) => {
      if (typeof value !== 'string') throw this.#wrong(name, 'a list of texts', value);
      const clean = cleanText(value, `${this.#prefix}${name}`, limits.name);
      this.notes.push(...clean.notes);
      return clean.text;
    });
  }

  /** Graph sends UTC with `Z`. */
  date(name: string): Date | null {
    const text = this.text(name, 100);
    if (text === null) return null;
    const date = new Date(text);
    if (!/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) || Number.isNaN(date.getTime())) {
      throw new ItemFault(`${this.#prefix}${name} is not a UTC time`);
    }
    return date;
  }

  flag(name: string): boolean | null {
    const value = this.#item[name] ?? null;
    if (value !== null && typeof value !== 'boolean')
      throw this.#wrong(name, 'true or false', value);
    return value;
  }

  count(name: string): number | null {
    const value = this.#item[name] ?? null;
    if (value === null) return null;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.#wrong(name, 'a count', value);
  }

  list(name: string): readonly unknown[] {
    const value = this.#item[name] ?? [];
    if (!Array.isArray(value)) throw this.#wrong(name, 'a list', value);
    return value;
  }

  people(name: string): MailAddress[] {
    return this.list(name).map((value) => this.#person(name, value));
  }

  person(name: string): MailAddress | null {
    const value = this.#item[name] ?? null;
    return value === null ? null : this.#person(name, value);
  }

  body(): { type: 'text' | 'html' | null; content: string | null } {
    const value = this.#item['body'] ?? null;
    if (value === null) return { type: null, content: null };
    if (!isObject(value)) throw this.#wrong('body', 'an object', value);
    const inner = new Reader(value, 'body.');
    const type = inner.text('contentType', 20)?.toLowerCase() ?? null;
    const content = inner.text('content', limits.body);
    this.notes.push(...inner.notes);
    if (type === 'text' || type === 'html') return { type, content };
    if (content === null) return { type: null, content: null };
    throw new ItemFault('body.contentType is neither text nor html');
  }

  #person(name: string, value: unknown): MailAddress {
    const inner = isObject(value) ? (value['emailAddress'] ?? null) : null;
    if (!isObject(inner)) throw this.#wrong(name, 'an address', value);
    const reader = new Reader(inner, `${name}.`);
    const person = {
      address: reader.text('address', limits.name),
      name: reader.text('name', limits.name),
    };
    this.notes.push(...reader.notes);
    return person;
  }

  #wrong(name: string, expected: string, value: unknown): ItemFault {
    const found = Array.isArray(value) ? 'a list' : typeof value;
    return new ItemFault(`${this.#prefix}${name} is ${found}, expected ${expected}`);
  }
}
