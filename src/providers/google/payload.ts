import { ItemFault } from '../item-fault.ts';
import { isObject, type JsonObject } from '../json-object.ts';

export interface Header {
  /** Lower case; the sender's case is kept by Gmail and means nothing. */
  readonly name: string;
  readonly value: string;
}

/** One MIME part as Gmail tells it; attachments' content is not in it. */
export interface Part {
  /** Its place in the message ("0.1"); unlike the attachment id it is the same at each reading. */
  readonly id: string;
  /** Lower case. */
  readonly type: string;
  readonly filename: string | null;
  readonly headers: readonly Header[];
  readonly size: number | null;
  /** base64url of the content; null when it has to be fetched, or there is none. */
  readonly data: string | null;
  readonly attachmentId: string | null;
  readonly parts: readonly Part[];
}

/** The parts of a message by what they are for. */
export interface PartsByUse {
  readonly plain: readonly Part[];
  readonly html: readonly Part[];
  readonly attachments: readonly Part[];
}

/** @throws ItemFault */
export function readPayload(value: unknown): Part {
  return readPart(value, 'payload');
}

function readPart(value: unknown, at: string): Part {
  if (!isObject(value)) throw new ItemFault(`${at} is ${kindOf(value)}, expected an object`);
  const body = value['body'] ?? {};
  if (!isObject(body)) throw new ItemFault(`${at}.body is ${kindOf(body)}, expected an object`);
  const size = body['size'] ?? null;
  if (size !== null && (!Number.isSafeInteger(size) || Number(size) < 0)) {
    throw new ItemFault(`${at}.body.size is ${kindOf(size)}, expected a count`);
  }
  return {
    id: text(value, 'partId', at) ?? '',
    type: (text(value, 'mimeType', at) ?? '').toLowerCase(),
    filename: text(value, 'filename', at) || null,
    headers: list(value, 'headers', at).map((header, index) =>
      readHeader(header, `${at}.headers[${index}]`),
    ),
    size: size === null ? null : Number(size),
    data: text(body, 'data', `${at}.body`),
    attachmentId: text(body, 'attachmentId', `${at}.body`),
    parts: list(value, 'parts', at).map((part, index) => readPart(part, `${at}.parts[${index}]`)),
  };
}

function readHeader(value: unknown, at: string): Header {
  if (!isObject(value)) throw new ItemFault(`${at} is ${kindOf(value)}, expected an object`);
  const name = text(value, 'name', at) ?? '';
  return { name: name.toLowerCase(), value: text(value, 'value', at) ?? '' };
}

function text(object: JsonObject, name: string, at: string): string | null {
  const value = object[name] ?? null;
  if (value === null || typeof value === 'string') return value;
  throw new ItemFault(`${at}.${name} is ${kindOf(value)}, expected a text`);
}

function list(object: JsonObject, name: string, at: string): readonly unknown[] {
  const value = object[name] ?? [];
  if (Array.isArray(value)) return value;
  throw new ItemFault(`${at}.${name} is ${kindOf(value)}, expected a list`);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}

/** All values of a header, in the order of the message. */
export function headerValues(part: Part, name: string): string[] {
  return part.headers.filter((header) => header.name === name).map(({ value }) => value);
}

/** A header's first word, lower case, and its parameters' text. */
export function mainValue(part: Part, name: string): string {
  return (headerValues(part, name)[0] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Sorts the leaves of the tree; a forwarded message is one attachment, whatever it holds. */
export function partsByUse(root: Part): PartsByUse {
  const plain: Part[] = [];
  const html: Part[] = [];
  const attachments: Part[] = [];
  const visit = (part: Part): void => {
    const isMessage = part.type === 'message/rfc822';
    if (!isMessage && (part.parts.length > 0 || part.type.startsWith('multipart/'))) {
      for (const one of part.parts) visit(one);
      return;
    }
    const isBody =
      part.filename === null && mainValue(part, 'content-disposition') !== 'attachment';
    if (isBody && part.type === 'text/plain') plain.push(part);
    else if (isBody && part.type === 'text/html') html.push(part);
    else if (isMessage || part.filename !== null || (part.size ?? 0) > 0) attachments.push(part);
  };
  visit(root);
  return { plain, html, attachments };
}
