import { readTokens, type Token } from './lexer.ts';

/** A search as a tree. */
export type Term =
  | { readonly type: 'all' | 'any'; readonly terms: readonly Term[] }
  | { readonly type: 'not'; readonly term: Term }
  | { readonly type: 'operator'; readonly name: string; readonly value: string }
  | { readonly type: 'text'; readonly text: string };

/** Parses `q`: words side by side must all match, OR joins its two neighbours, {} is any of. */
export function parseQuery(q: string): Term {
  return new Parser(readTokens(q)).all();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  all(): Term {
    return { type: 'all', terms: this.#until('close', null) };
  }

  /** Terms up to the closing sign, which is taken too; under an operator every word belongs to it. */
  #until(close: 'close' | 'close-any', operator: string | null): Term[] {
    const terms: Term[] = [];
    let joins = false;
    for (let token = this.#next(); token !== undefined; token = this.#next()) {
      if (token.type === close) break;
      if (token.type === 'or') {
        joins = terms.length > 0;
        continue;
      }
      const term = this.#term(token, operator);
      if (term === null) continue;
      const last = joins ? terms.pop() : undefined;
      terms.push(last === undefined ? term : { type: 'any', terms: [last, term] });
      joins = false;
    }
    return terms;
  }

  #term(token: Token, operator: string | null): Term | null {
    switch (token.type) {
      case 'open':
        return { type: 'all', terms: this.#until('close', operator) };
      case 'open-any':
        return { type: 'any', terms: this.#until('close-any', operator) };
      case 'not': {
        const next = this.#next();
        const term = next === undefined ? null : this.#term(next, operator);
        return term === null ? null : { type: 'not', term };
      }
      case 'operator': {
        const next = this.#next();
        return next === undefined ? null : this.#term(next, token.name);
      }
      case 'word':
        return operator === null
          ? { type: 'text', text: token.text }
          : { type: 'operator', name: operator, value: token.text };
      default:
        return null;
    }
  }

  #next(): Token | undefined {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    return token;
  }
}
