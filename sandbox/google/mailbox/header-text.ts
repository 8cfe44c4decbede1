/** Bytes as text in a charset; null when nobody knows the charset. */
export function decodeText(bytes: Uint8Array, charset: string): string | null {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return null;
  }
}

/** Decodes the words of RFC 2047; unknown charsets stay as they are. */
export function decodeWords(value: string): string {
  const joined = value.replaceAll(/(=\?[^?\s]+\?[bq]\?[^?]*\?=)\s+(?==\?[^?\s]+\?[bq]\?)/gi, '$1');
  return joined.replaceAll(
    /=\?([^?*\s]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=/gi,
    (word, charset: string, encoding: string, text: string) => {
      const bytes =
        encoding.toLowerCase() === 'b'
          ? Buffer.from(text, 'base64')
          : decodeQuoted(Buffer.from(text.replaceAll('_', ' '), 'latin1'));
      return decodeText(bytes, charset) ?? word;
    },
  );
}

/** Quoted-printable to bytes; damaged escapes stay as they are. */
export function decodeQuoted(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replaceAll(/[ \t]*=\r?\n/g, '');
  const plain = text.replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(plain, 'latin1');
}

/** A parameter of a structured header, in the plain form or those of RFC 2231; null when absent. */
export function headerParameter(value: string, name: string): string | null {
  const parameters = new Map<string, string>();
  for (const match of value.matchAll(/;\s*([\w*.-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s]*)/g)) {
    const text = match[2] ?? '';
    const bare = text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;
    parameters.set((match[1] ?? '').toLowerCase(), bare);
  }
  const plain = parameters.get(name);
  if (plain !== undefined) return decodeWords(plain);
  let joined = parameters.get(`${name}*`) ?? '';
  let encoded = joined !== '';
  for (let i = 0; joined === '' || i > 0; i += 1) {
    const part = parameters.get(`${name}*${i}`) ?? parameters.get(`${name}*${i}*`);
    if (part === undefined) break;
    encoded ||= parameters.has(`${name}*${i}*`);
    joined += part;
  }
  if (joined === '') return null;
  if (!encoded) return joined;
  const [, charset = 'utf-8', text = joined] = /^([^']*)'[^']*'(.*)$/s.exec(joined) ?? [];
  const bytes = text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return decodeText(Buffer.from(bytes, 'latin1'), charset || 'utf-8') ?? text;
}
