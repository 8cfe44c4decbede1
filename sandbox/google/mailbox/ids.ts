import { hashText } from '../../core/random.ts';

/** An odd factor and its inverse modulo 2^32: neighbours get ids that look nothing alike, and every id leads back. */
const factor = 0x9e3779b1;
const inverse = 0xe8b2f51;

function prefixOf(seed: number): string {
  return `19${(seed & 0xffffff).toString(16).padStart(6, '0')}`;
}

/** The id of a message, or of the thread it begins: 16 hexadecimal digits. */
export function messageId(mailbox: { readonly seed: number }, n: number): string {
  const tail = Math.imul(n, factor) >>> 0;
  return prefixOf(mailbox.seed) + tail.toString(16).padStart(8, '0');
}

/** The number behind an id; null when no message of this mailbox can have it. */
export function messageNumber(mailbox: { readonly seed: number }, id: string): number | null {
  const prefix = prefixOf(mailbox.seed);
  if (!/^[0-9a-f]{16}$/.test(id) || !id.startsWith(prefix)) return null;
  return Math.imul(Number.parseInt(id.slice(8), 16), inverse) >>> 0;
}

/** An attachment's id; another one at each reading, all of them good. */
export function attachmentId(n: number, partId: string, salt: number): string {
  const text = `${n}:${partId}:${salt.toString(36)}`;
  const filler = 'x'.repeat(Math.max(0, 120 - text.length));
  return `ANGjdJ${Buffer.from(`${text}:${hashText(text).toString(36)}:${filler}`).toString('base64url')}`;
}

/** The part an attachment id means; null when it is none. */
export function attachmentPart(id: string): { n: number; partId: string } | null {
  if (!id.startsWith('ANGjdJ')) return null;
  const [n, partId, salt, sum] = Buffer.from(id.slice(6), 'base64url').toString().split(':');
  if (n === undefined || partId === undefined) return null;
  if (hashText(`${n}:${partId}:${salt}`).toString(36) !== sum) return null;
  return { n: Number(n), partId };
}
