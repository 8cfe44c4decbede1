export type Token =
  | { readonly type: 'open' | 'close' | 'open-any' | 'close-any' | 'or' | 'not' }
  | { readonly type: 'word'; readonly text: string; readonly quoted: boolean }
  | { readonly type: 'operator'; readonly name: string };

const signs = { '(': 'open', ')': 'close', '{': 'open-any', '}': 'close-any' } as const;

/** Splits a search into words, operators ("from:") and brackets. Gmail refuses nothing, and so does this. */
export function readTokens(q: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:([(){}])|(-)(?=\S)|"([^"]*)"?|([a-z_0-9]+):(?=[^\s)}])|([^\s(){}"]+))/giy;
  for (let match = pattern.exec(q); match !== null; match = pattern.exec(q)) {
    const [, sign, minus, quoted, operator, word] = match;
    if (sign !== undefined) tokens.push({ type: signs[sign as keyof typeof signs] });
    else if (minus !== undefined) tokens.push({ type: 'not' });
    else if (quoted !== undefined) tokens.push({ type: 'word', text: quoted, quoted: true });
    else if (operator !== undefined)
      tokens.push({ type: 'operator', name: operator.toLowerCase() });
    else if (word === 'OR' || word === '|') tokens.push({ type: 'or' });
    else if (word !== undefined && word !== 'AND')
      tokens.push({ type: 'word', text: word, quoted: false });
  }
  return tokens;
}
