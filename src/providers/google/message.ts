import { cleanText } from '../clean-text.ts';
import type { MailAttachment, MailMessage } from '../contract.ts';
import { ItemFault } from '../item-fault.ts';
import type { JsonObject } from '../json-object.ts';
import { messageLimits as limits } from '../message-limits.ts';
import { folderOf, type LabelNames, sentLabel, unreadLabel } from './labels.ts';
import { partText } from './part-text.ts';
import { headerValues, mainValue, type Part, partsByUse, readPayload } from './payload.ts';
import { headerText, people } from './people.ts';

/** What a message is read against. */
export interface MessageSetting {
  /** The account's own, lower case. */
  readonly addresses: readonly string[];
  readonly labels: LabelNames;
  /** Content of text parts that Gmail left out of the message, by part id, base64url. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Gmail's message (format full) as ours. What Gmail did not send is null; a member of the wrong kind
 * makes the item malformed.
 * @throws ItemFault
 */
export function readMessage(item: JsonObject, setting: MessageSetting): MailMessage {
  const notes: string[] = [];
  const root = readPayload(item['payload']);
  const uses = partsByUse(root);
  const labelIds = readLabels(item['labelIds']);
  const from = people(root, 'from', notes)[0] ?? people(root, 'sender', notes)[0] ?? null;
  const own = [from, ...people(root, 'sender', [])].some(
    (one) => one?.address != null && setting.addresses.includes(one.address.toLowerCase()),
  );
  const attachments = uses.attachments.map((part) => readAttachment(part, notes));
  return {
    id: idText(item, 'id') ?? missing('id'),
    internetMessageId: headerText(root, 'message-id', limits.id, notes) || null,
    threadId: idText(item, 'threadId'),
    folderId: folderOf(labelIds),
    labels: labelIds.map((id) => setting.labels.get(id) ?? id).toSorted(),
    direction: own || labelIds.includes(sentLabel) ? 'outbound' : 'inbound',
    from,
    to: people(root, 'to', notes),
    cc: people(root, 'cc', notes),
    bcc: people(root, 'bcc', notes),
    subject: headerText(root, 'subject', limits.subject, notes),
    snippet: readSnippet(item['snippet'], notes),
    sentAt: readDate(root, notes),
    receivedAt: readInternalDate(item['internalDate']),
    bodyText: readTexts(uses.plain, setting, notes),
    bodyHtml: readTexts(uses.html, setting, notes),
    isRead: !labelIds.includes(unreadLabel),
    hasAttachments: attachments.some(({ isInline }) => !isInline),
    attachments,
    sizeBytes: count(item['sizeEstimate'], 'sizeEstimate'),
    changeKey: idText(item, 'historyId'),
    notes,
  };
}

/** Text parts that Gmail did not send along because they are large. */
export function leftOutTexts(
  item: JsonObject,
): { partId: string; attachmentId: string; size: number | null }[] {
  const { plain, html } = partsByUse(readPayload(item['payload']));
  return [...plain, ...html].flatMap(({ id, data, attachmentId, size }) =>
    data === null && attachmentId !== null ? [{ partId: id, attachmentId, size }] : [],
  );
}

function readTexts(parts: readonly Part[], setting: MessageSetting, notes: string[]) {
  const texts = parts.flatMap((part) => {
    const data = part.data ?? setting.texts.get(part.id) ?? null;
    if (data === null) {
      if (part.attachmentId !== null) notes.push(`${part.type}: cut to 0 of ${part.size} bytes`);
      return [];
    }
    const read = partText(part, data);
    notes.push(...read.notes);
    // MIME ends lines with CRLF; texts elsewhere do not.
    return [read.text.replaceAll('\r\n', '\n')];
  });
  if (texts.length === 0) return null;
  const clean = cleanText(texts.join('\n'), parts[0]?.type ?? 'body', limits.body);
  notes.push(...clean.notes);
  return clean.text;
}

function readAttachment(part: Part, notes: string[]): MailAttachment {
  const disposition = mainValue(part, 'content-disposition');
  const hasContentId = headerValues(part, 'content-id').length > 0;
  const name = part.filename === null ? null : cleanText(part.filename, 'filename', limits.name);
  const type = cleanText(part.type, 'mimeType', limits.name);
  notes.push(...(name?.notes ?? []), ...type.notes);
  return {
    id: part.id,
    kind: part.type === 'message/rfc822' ? 'item' : 'file',
    name: name?.text ?? null,
    contentType: type.text || null,
    sizeBytes: part.size,
    isInline: disposition === 'inline' || (disposition !== 'attachment' && hasContentId),
  };
}

function readLabels(value: unknown): string[] {
  const list = value ?? [];
  if (!Array.isArray(list) || !list.every((one) => typeof one === 'string')) {
    throw new ItemFault('labelIds is not a list of texts');
  }
  return list;
}

/** Escaped for HTML by Gmail. */
function readSnippet(value: unknown, notes: string[]): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw new ItemFault(`snippet is ${typeof value}, expected a text`);
  const plain = value.replace(
    /&(lt|gt|quot|#39|amp);/g,
    (escaped) => unescapes[escaped] ?? escaped,
  );
  const clean = cleanText(plain, 'snippet', limits.snippet);
  notes.push(...clean.notes);
  return clean.text;
}

const unescapes: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

/** Milliseconds since 1970, as a text. */
function readInternalDate(value: unknown): Date {
  if (value === undefined || value === null) throw new ItemFault('internalDate is missing');
  const at = typeof value === 'string' && /^\d{1,15}$/.test(value) ? new Date(Number(value)) : null;
  if (at && !Number.isNaN(at.getTime())) return at;
  throw new ItemFault('internalDate is not a time in milliseconds');
}

/** The sender's clock, which may say anything; what is no date is null, and noted. */
function readDate(root: Part, notes: string[]): Date | null {
  const text = headerText(root, 'date', 200, []);
  if (text === null) return null;
  const at = new Date(text);
  const year = at.getUTCFullYear();
  if (year >= 1 && year <= 9999) return at;
  notes.push('date: not a date');
  return null;
}

function idText(item: JsonObject, name: string): string | null {
  const value = item[name] ?? null;
  if (value === null) return null;
  if (typeof value === 'string' && value !== '') return cleanText(value, name, limits.id).text;
  throw new ItemFault(`${name} is ${typeof value}, expected a text`);
}

function count(value: unknown, name: string): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new ItemFault(`${name} is ${typeof value}, expected a count`);
}

function missing(name: string): never {
  throw new ItemFault(`${name} is missing`);
}
