export interface CleanText {
  readonly text: string;
  /** What was changed, for the record; empty when nothing was. Never quotes the text. */
  readonly notes: readonly string[];
}

/**
 * Makes a provider's text storable: PostgreSQL refuses NUL in text (22021) and lone surrogates in
 * jsonb (22P02), so both become U+FFFD; what is longer than `limit` characters is cut with a mark.
 * @param field named in the notes
 */
export function cleanText(raw: string, field: string, limit: number): CleanText {
  const notes: string[] = [];
  let text = raw;
  if (text.includes('\0')) {
    text = text.replaceAll('\0', '\uFFFD');
    notes.push(`${field}: NUL characters replaced`);
  }
  if (!text.isWellFormed()) {
    text = text.toWellFormed();
    notes.push(`${field}: broken characters replaced`);
  }
  if (text.length > limit) {
    const mark = `\n[cut: ${limit} of ${text.length} characters kept]`;
    // The cut may split a surrogate pair.
    text = `${text.slice(0, limit).toWellFormed()}${mark}`;
    notes.push(`${field}: cut to ${limit} characters`);
  }
  return { text, notes };
}
