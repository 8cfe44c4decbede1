import { decodeQuoted, headerParameter } from './header-text.ts';

export interface Header {
  readonly name: string;
  /** Unfolded; RFC 2047 words as sent. */
  readonly value: string;
}

/** One entity of a message. */
export interface MimePart {
  /** "" for the message itself, then "0", "1", "0.1". */
  readonly partId: string;
  readonly mimeType: string;
  readonly filename: string;
  readonly headers: readonly Header[];
  readonly charset: string;
  readonly isAttachment: boolean;
  /** Decoded from its transfer encoding; empty for multiparts. */
  readonly body: Buffer;
  readonly parts: readonly MimePart[];
}

/** Nesting beyond this is left unread, as a guard against endless messages. */
const deepest = 30;

/** Reads a message of any quality: what is broken is taken as far as it goes. */
export function parseMime(raw: Buffer): MimePart {
  return parsePart(raw, '', 0);
}

/** The first header of that name; null when absent. */
export function headerOf(part: MimePart, name: string): string | null {
  const wanted = name.toLowerCase();
  return part.headers.find((header) => header.name.toLowerCase() === wanted)?.value ?? null;
}

function parsePart(raw: Buffer, partId: string, depth: number): MimePart {
  const { head, body } = split(raw);
  const headers = parseHeaders(head);
  const find = (name: string) =>
    headers.find((header) => header.name.toLowerCase() === name)?.value ?? '';
  const contentType = find('content-type');
  const disposition = find('content-disposition');
  const mimeType = /^\s*([\w.+-]+\/[\w.+-]+)/.exec(contentType)?.[1]?.toLowerCase() ?? 'text/plain';
  const filename =
    headerParameter(disposition, 'filename') ?? headerParameter(contentType, 'name') ?? '';
  const boundary = headerParameter(contentType, 'boundary');
  const child = (i: number) => (partId === '' ? String(i) : `${partId}.${i}`);
  const isMultipart = mimeType.startsWith('multipart/') && boundary !== null && depth < deepest;
  const decoded = isMultipart
    ? Buffer.alloc(0)
    : decodeTransfer(body, find('content-transfer-encoding'));
  const inner =
    mimeType === 'message/rfc822' && depth < deepest
      ? [parsePart(decoded, child(0), depth + 1)]
      : [];
  return {
    partId,
    mimeType,
    filename,
    headers,
    charset: headerParameter(contentType, 'charset') ?? 'utf-8',
    isAttachment: /^\s*attachment/i.test(disposition),
    body: decoded,
    parts: isMultipart
      ? splitParts(body, boundary).map((part, i) => parsePart(part, child(i), depth + 1))
      : inner,
  };
}

function split(raw: Buffer): { head: Buffer; body: Buffer } {
  // A part may begin with the empty line: then it has no headers.
  if (raw[0] === 0x0a) return { head: raw.subarray(0, 0), body: raw.subarray(1) };
  if (raw[0] === 0x0d && raw[1] === 0x0a)
    return { head: raw.subarray(0, 0), body: raw.subarray(2) };
  const crlf = raw.indexOf('\r\n\r\n');
  const lf = raw.indexOf('\n\n');
  if (crlf === -1 && lf === -1) return { head: raw, body: raw.subarray(raw.length) };
  const useLf = crlf === -1 || (lf !== -1 && lf < crlf);
  const at = useLf ? lf : crlf;
  return { head: raw.subarray(0, at), body: raw.subarray(at + (useLf ? 2 : 4)) };
}

function parseHeaders(head: Buffer): Header[] {
  const unfolded = head.toString('utf8').replaceAll(/\r?\n(?=[ \t])/g, '');
  return unfolded.split(/\r?\n/).flatMap((line) => {
    const at = line.indexOf(':');
    return at < 1 ? [] : [{ name: line.slice(0, at).trim(), value: line.slice(at + 1).trim() }];
  });
}

function decodeTransfer(body: Buffer, encoding: string): Buffer {
  switch (encoding.trim().toLowerCase()) {
    case 'base64':
      return Buffer.from(body.toString('latin1'), 'base64');
    case 'quoted-printable':
      return decodeQuoted(body);
    default:
      return body;
  }
}

/** The parts between delimiter lines; a missing end delimiter ends the last part at the end. */
function splitParts(body: Buffer, boundary: string): Buffer[] {
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const parts: Buffer[] = [];
  let start: number | null = null;
  let at = body.indexOf(delimiter);
  while (at !== -1) {
    const after = at + delimiter.length;
    const lineEnd = body.indexOf(0x0a, after);
    const rest = body.toString('latin1', after, Math.min(body.length, after + 40)).split('\n')[0];
    const isLine = (at === 0 || body[at - 1] === 0x0a) && /^(--)?[ \t]*\r?$/.test(rest ?? '');
    if (isLine) {
      if (start !== null)
        parts.push(body.subarray(start, Math.max(start, beforeNewline(body, at))));
      const isLast = rest?.startsWith('--') ?? false;
      start = isLast || lineEnd === -1 ? null : lineEnd + 1;
      if (start === null) break;
    }
    at = body.indexOf(delimiter, after);
  }
  if (start !== null && start < body.length) parts.push(body.subarray(start));
  return parts;
}

/** The line end before a delimiter belongs to the delimiter (RFC 2046 5.1.1). */
function beforeNewline(body: Buffer, at: number): number {
  if (body[at - 1] !== 0x0a) return at;
  return body[at - 2] === 0x0d ? at - 2 : at - 1;
}
