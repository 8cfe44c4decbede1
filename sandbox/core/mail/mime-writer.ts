import type { Person } from './correspondents.ts';

/** RFC 2047 where a header needs it. */
export function encodeHeader(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
}

/** A person as an address header has them. */
export function mailAddress(one: Person): string {
  const encoded = encodeHeader(one.name);
  // An encoded word is no encoded word inside quotes (RFC 2047 5).
  const name = encoded === one.name ? `"${one.name.replaceAll(/["\\]/g, '\\$&')}"` : encoded;
  return `${name} <${one.address}>`;
}

/** Base64 in lines of 76 (RFC 2045). */
export function base64Lines(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
}

/** The header lines of a file in a message. */
export function fileHeaders(file: {
  readonly name: string;
  readonly contentType: string | null;
  readonly isInline: boolean;
  readonly contentId: string | null;
}): string {
  const name = encodeHeader(file.name);
  return [
    `Content-Type: ${file.contentType ?? 'application/octet-stream'}; name="${name}"`,
    `Content-Disposition: ${file.isInline ? 'inline' : 'attachment'}; filename="${name}"`,
    ...(file.contentId === null ? [] : [`Content-ID: <${file.contentId}>`]),
  ].join('\r\n');
}

/** One part of a multipart body, in base64, with the delimiter before it. */
export function mimePart(boundary: string, headers: string, bytes: Uint8Array): string {
  return `--${boundary}\r\n${headers}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64Lines(bytes)}\r\n`;
}
