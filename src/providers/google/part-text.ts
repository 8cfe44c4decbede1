import { headerValues, type Part } from './payload.ts';

export interface PartText {
  readonly text: string;
  /** What had to be mended; never quotes the text. */
  readonly notes: readonly string[];
}

/**
 * The text of a part. Gmail hands most bodies out as UTF-8 whatever their header says, and some as the
 * sender's bytes, so bytes that are valid UTF-8 are taken as that; other charsets are tried next.
 * @param base64url its content
 */
export function partText(part: Part, base64url: string): PartText {
  const bytes = Buffer.from(base64url, 'base64url');
  const declared = charsetOf(part);
  const name = part.type || 'body';
  // These are valid UTF-8 by chance: escape sequences and NUL bytes are ASCII.
  const ambiguous =
    (/^(iso-2022-|hz-)/.test(declared) && bytes.includes(0x1b)) ||
    (/^utf-?16/.test(declared) && bytes.includes(0));
  const text = (ambiguous ? null : decoded(bytes, 'utf-8')) ?? decoded(bytes, declared);
  if (text !== null) return { text, notes: [] };
  return {
    text: new TextDecoder('utf-8').decode(bytes),
    notes: [`${name}: not written in the charset it names`],
  };
}

/** Null when the charset is unknown or the bytes are not valid in it. */
function decoded(bytes: Buffer, charset: string): string | null {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function charsetOf(part: Part): string {
  const header = headerValues(part, 'content-type')[0] ?? '';
  const [, charset] = /;\s*charset\s*=\s*"?([\w.:+-]{1,40})/i.exec(header) ?? [];
  const name = charset?.toLowerCase() ?? 'utf-8';
  // Mail that calls itself ASCII and is not is mostly Windows' Latin 1.
  return name === 'us-ascii' || name === 'ascii' ? 'windows-1252' : name;
}
