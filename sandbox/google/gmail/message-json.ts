import type { PoisonKind } from '../../core/fault-rule.ts';
import { GoogleError } from '../google-error.ts';
import { decodeText, decodeWords } from '../mailbox/header-text.ts';
import { attachmentId, messageId } from '../mailbox/ids.ts';
import type { MessageRecord } from '../mailbox/message-record.ts';
import { rawOf, searchText, type View } from '../mailbox/message-text.ts';
import { type MimePart, parseMime } from '../mailbox/parse-mime.ts';
import type { GoogleSettings } from '../settings.ts';

export const formats = ['full', 'metadata', 'minimal', 'raw'] as const;
export type Format = (typeof formats)[number];

export interface Shape {
  readonly format: Format;
  /** Names of headers to give; empty: all. */
  readonly metadataHeaders: readonly string[];
  readonly settings: GoogleSettings;
  /** Goes into attachment ids, which are never the same twice. */
  readonly salt: () => number;
}

/** A message as Gmail writes it. */
export function messageJson(
  view: View,
  record: MessageRecord,
  shape: Shape,
): Record<string, unknown> | null {
  const poison = record.edits?.poison;
  const raw = rawOf(view, record);
  const json: Record<string, unknown> = {
    ...messageReference(view, record),
    snippet: snippetOf(view, record),
    ...content(record, raw, shape),
    sizeEstimate: raw.length,
    historyId: String(record.change),
    internalDate: String(record.at),
  };
  // A message that breaks answers does so by its content; without it, it is like any other.
  if (poison === undefined || (poison === 'page-error' && shape.format === 'minimal')) return json;
  return poisoned(json, poison);
}

/** Id, thread and labels; a list of labels is left out when empty. */
export function messageReference(
  { mailbox }: Pick<View, 'mailbox'>,
  message: Pick<MessageRecord, 'n' | 'thread' | 'labels'>,
): Record<string, unknown> {
  return {
    id: messageId(mailbox, message.n),
    threadId: messageId(mailbox, message.thread),
    ...(message.labels.length === 0 ? {} : { labelIds: message.labels }),
  };
}

function content(record: MessageRecord, raw: Buffer, shape: Shape): Record<string, unknown> {
  switch (shape.format) {
    case 'minimal':
      return {};
    case 'raw':
      return { raw: raw.toString('base64url') };
    case 'metadata': {
      const root = parseMime(raw);
      return { payload: { mimeType: root.mimeType, headers: headersJson(root, shape) } };
    }
    case 'full':
      return { payload: partJson(record, parseMime(raw), shape) };
  }
}

function headersJson(part: MimePart, shape: Shape): { name: string; value: string }[] {
  const wanted = shape.metadataHeaders.map((name) => name.toLowerCase());
  const decode = shape.settings.headerWords === 'decoded' ? decodeWords : (text: string) => text;
  return part.headers
    .filter(({ name }) => wanted.length === 0 || wanted.includes(name.toLowerCase()))
    .map(({ name, value }) => ({ name, value: decode(value) }));
}

function partJson(record: MessageRecord, part: MimePart, shape: Shape): Record<string, unknown> {
  const parts = part.parts.map((child) => partJson(record, child, shape));
  return {
    partId: part.partId,
    mimeType: part.mimeType,
    filename: part.filename,
    headers: headersJson(part, { ...shape, metadataHeaders: [] }),
    body: bodyJson(record, part, shape),
    ...(parts.length === 0 ? {} : { parts }),
  };
}

function bodyJson(record: MessageRecord, part: MimePart, shape: Shape): Record<string, unknown> {
  if (part.mimeType.startsWith('multipart/') || part.body.length === 0)
    return { size: part.body.length };
  if (!isInlineText(part))
    return {
      attachmentId: attachmentId(record.n, part.partId, shape.salt()),
      size: part.body.length,
    };
  const text =
    shape.settings.bodyCharset === 'original' ? null : decodeText(part.body, part.charset);
  const bytes = text === null ? part.body : Buffer.from(text);
  return { size: bytes.length, data: bytes.toString('base64url') };
}

/** Bodies come with the message; everything with a file name is fetched apart. */
function isInlineText(part: MimePart): boolean {
  return part.mimeType.startsWith('text/') && part.filename === '' && !part.isAttachment;
}

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The beginning of the text, escaped for HTML. */
export function snippetOf(view: View, record: MessageRecord): string {
  const text = searchText(view, record).body().slice(0, 1000).replaceAll(/\s+/g, ' ').trim();
  return text.slice(0, 200).replaceAll(/[&<>"']/g, (sign) => escapes[sign] ?? sign);
}

/** Spoils a message, or an item of a list, in a way that a client must survive. */
export function poisoned(
  json: Record<string, unknown>,
  kind: PoisonKind,
): Record<string, unknown> | null {
  const { id: _id, ...withoutId } = json;
  switch (kind) {
    case 'missing-id':
      return withoutId;
    case 'null-id':
      return { ...json, id: null };
    case 'bad-date':
      return { ...json, internalDate: 'yesterday' };
    case 'null-date':
      return { ...json, internalDate: null };
    case 'nul-subject':
      return { ...json, snippet: 'a\u0000b', ...withSubject(json, 'Nul \u0000 inside') };
    case 'lone-surrogate':
      return { ...json, snippet: '\udc00', ...withSubject(json, 'Lone \ud83d surrogate') };
    case 'wrong-types':
      return { ...json, labelIds: 'INBOX', historyId: null, payload: [] };
    case 'null-item':
      return null;
    case 'page-error':
      throw new GoogleError(504, 'backendError', 'The service is currently unavailable.');
  }
}

function withSubject(json: Record<string, unknown>, subject: string): Record<string, unknown> {
  const payload = json['payload'] as { headers?: { name: string; value: string }[] } | undefined;
  if (payload?.headers === undefined) return {};
  const others = payload.headers.filter(({ name }) => name.toLowerCase() !== 'subject');
  return { payload: { ...payload, headers: [...others, { name: 'Subject', value: subject }] } };
}
