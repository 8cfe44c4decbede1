import { mix } from '../../core/random.ts';
import type { MessageRecord } from './message-record.ts';

/**
 * Ids in the manner of Exchange: base64url of a header, the mailbox and the item. A message has two: one that
 * changes with each move ("AAMk...") and one that does not ("AAkA..."). All are checked by a sum, so that a damaged id
 * is told from an unknown one.
 */
const kinds = { folder: 1, message: 2, immutable: 3, attachment: 4 } as const;

/** The mailbox that ids belong to. */
export interface IdSpace {
  readonly oid: string;
  readonly seed: number;
}

export interface DecodedId {
  readonly kind: keyof typeof kinds;
  readonly a: number;
  readonly b: number;
}

const headers = {
  folder: [0x00, 0x03, 0x24, 0x00],
  message: [0x00, 0x03, 0x24, 0x00],
  immutable: [0x00, 0x09, 0x00, 0x2e],
  attachment: [0x00, 0x03, 0x24, 0x00],
} as const;

function encode(mailbox: IdSpace, kind: keyof typeof kinds, a: number, b: number): string {
  const guid = `${mailbox.oid}`;
  const bytes = Buffer.alloc(kind === 'immutable' ? 58 : 76);
  bytes.set(headers[kind], 0);
  bytes.write(guid, 4, 'latin1');
  // A pattern of the item fills the space, so that ids do not differ in their last letters only.
  for (let at = 40; at < bytes.length - 13; at += 4)
    bytes.writeUInt32BE(mix(mix(a, b), mailbox.seed + at), at);
  const tail = bytes.length - 13;
  bytes.writeUInt8(kinds[kind], tail);
  bytes.writeUInt32BE(a, tail + 1);
  bytes.writeUInt32BE(b, tail + 5);
  bytes.writeUInt32BE(checksum(bytes.subarray(0, tail + 9)), tail + 9);
  const text = bytes.toString('base64url');
  return text + '='.repeat((4 - (text.length % 4)) % 4);
}

function checksum(bytes: Uint8Array): number {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193);
  return sum >>> 0;
}

export function folderId(mailbox: IdSpace, number: number): string {
  return encode(mailbox, 'folder', number, 0);
}

/** The id of a message, in the kind the client prefers. */
export function messageId(
  mailbox: IdSpace,
  record: Pick<MessageRecord, 'n' | 'place'>,
  immutable: boolean,
): string {
  return immutable
    ? encode(mailbox, 'immutable', record.n, 0)
    : encode(mailbox, 'message', record.n, record.place);
}

export function attachmentId(
  mailbox: IdSpace,
  record: Pick<MessageRecord, 'n'>,
  position: number,
): string {
  return encode(mailbox, 'attachment', record.n, position);
}

export function conversationId(mailbox: IdSpace, thread: number): string {
  const bytes = Buffer.alloc(56);
  bytes.set([0x00, 0x03, 0x24, 0x00], 0);
  bytes.write(mailbox.oid, 4, 'latin1');
  for (let at = 40; at < 56; at += 4) bytes.writeUInt32BE(mix(thread, mailbox.seed + at), at);
  return `${bytes.toString('base64url')}=`;
}

/** Null when the text is no id of this mailbox. Padding may be left off. */
export function decodeId(mailbox: IdSpace, text: string): DecodedId | null {
  const bytes = Buffer.from(text, 'base64url');
  const bare = text.replace(/=+$/, '');
  if (bytes.length < 58 || bytes.toString('base64url') !== bare) return null;
  const tail = bytes.length - 13;
  if (bytes.readUInt32BE(tail + 9) !== checksum(bytes.subarray(0, tail + 9))) return null;
  if (bytes.toString('latin1', 4, 40) !== mailbox.oid) return null;
  const kind = (Object.keys(kinds) as (keyof typeof kinds)[]).find(
    (name) => kinds[name] === bytes.readUInt8(tail),
  );
  return kind === undefined
    ? null
    : { kind, a: bytes.readUInt32BE(tail + 1), b: bytes.readUInt32BE(tail + 5) };
}
