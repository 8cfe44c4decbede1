import { badQuery } from './graph-error.ts';

export type Token =
  | { readonly type: 'path' | 'string'; readonly text: string; readonly at: number }
  | {
      readonly type: 'date' | 'number';
      readonly value: number;
      readonly text: string;
      readonly at: number;
    }
  | { readonly type: '(' | ')' | ',' | 'end'; readonly text: string; readonly at: number };

const patterns = {
  space: /\s+/y,
  string: /'((?:[^']|'')*)'/y,
  date: /\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?/y,
  number: /-?\d+(?:\.\d+)?/y,
  path: /[A-Za-z_@][\w./@]*/y,
} as const;

/** Splits a $filter into its words. */
export function lexFilter(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  while (at < text.length) {
    const start = at;
    const sign = text.charAt(at);
    const space = take(patterns.space);
    const string = take(patterns.string);
    const date = take(patterns.date);
    const number = take(patterns.number);
    const path = take(patterns.path);
    if (space !== null) at += space[0].length;
    else if (sign === '(' || sign === ')' || sign === ',') {
      tokens.push({ type: sign, text: sign, at: start });
      at += 1;
    } else if (string !== null) {
      tokens.push({ type: 'string', text: (string[1] ?? '').replaceAll("''", "'"), at: start });
      at += string[0].length;
    } else if (date !== null) {
      const value = Date.parse(date[0]);
      if (Number.isNaN(value))
        throw badQuery(`Invalid date '${date[0]}' at position ${start} in '${text}'.`);
      tokens.push({ type: 'date', value, text: date[0], at: start });
      at += date[0].length;
    } else if (number !== null) {
      tokens.push({ type: 'number', value: Number(number[0]), text: number[0], at: start });
      at += number[0].length;
    } else if (path !== null) {
      tokens.push({ type: 'path', text: path[0], at: start });
      at += path[0].length;
    } else {
      throw badQuery(
        `Syntax error: character '${sign}' is not valid at position ${start} in '${text}'.`,
      );
    }
  }
  tokens.push({ type: 'end', text: '', at: text.length });
  return tokens;
}
