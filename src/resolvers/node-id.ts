import { LockstepError } from '../errors.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const longestId = 200;

/** An id as a caller may write it: `type` is null for a plain uuid. */
export interface DecodedId {
  readonly type: string | null;
  readonly id: string;
}

/** The global id of an object: opaque to callers, base64 of type and uuid. */
export function encodeNodeId(type: string, id: string): string {
  return Buffer.from(`${type}:${id}`).toString('base64');
}

/** Reads a global id or a plain uuid; null for anything else. */
export function decodeNodeId(text: string): DecodedId | null {
  if (uuid.test(text)) return { type: null, id: text.toLowerCase() };
  if (text.length > longestId) return null;
  const [type, id, ...rest] = Buffer.from(text, 'base64').toString('utf8').split(':');
  if (!type || !id || rest.length > 0 || !uuid.test(id)) return null;
  return { type, id: id.toLowerCase() };
}

/** The uuid of an id that must be of this type; null when it cannot be one. */
export function uuidOf(type: string, text: string): string | null {
  const decoded = decodeNodeId(text);
  return decoded && (decoded.type === null || decoded.type === type) ? decoded.id : null;
}

/** The one answer for ids that are unknown, foreign, malformed or of another type. */
export function notFound(what: string): LockstepError {
  return new LockstepError('NOT_FOUND', `There is no such ${what}. Check the id.`);
}

/** The uuid of an id that must be of this type. @throws LockstepError NOT_FOUND */
export function requireUuid(type: string, text: string, what: string): string {
  const id = uuidOf(type, text);
  if (id === null) throw notFound(what);
  return id;
}
