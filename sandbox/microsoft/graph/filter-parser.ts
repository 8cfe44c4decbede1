import { lexFilter, type Token } from './filter-lexer.ts';
import { badQuery } from './graph-error.ts';

export const comparisons = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;
export type Comparison = (typeof comparisons)[number];
const functions = ['contains', 'startswith', 'endswith'] as const;

export type Literal =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'date' | 'number'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'null' };

export type Expression =
  | { readonly type: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly type: 'not'; readonly inner: Expression }
  | {
      readonly type: 'compare';
      readonly path: string;
      readonly comparison: Comparison;
      readonly literal: Literal;
    }
  | {
      readonly type: 'function';
      readonly name: (typeof functions)[number];
      readonly path: string;
      readonly text: string;
    };

export interface Filter {
  readonly expression: Expression;
  /** Properties in the order they first stand in the text. */
  readonly properties: readonly string[];
}

/** Reads a $filter: and, or, not, brackets, the six comparisons and contains, startswith, endswith. */
export function parseFilter(text: string): Filter {
  const tokens = lexFilter(text);
  const properties: string[] = [];
  let position = 0;
  const end: Token = { type: 'end', text: '', at: text.length };
  const peek = (): Token => tokens[position] ?? end;
  const fail = (token: Token): never => {
    throw badQuery(`Syntax error at position ${token.at} in '${text}'.`);
  };
  const take = (type: Token['type']): Token => {
    const token = peek();
    if (token.type !== type) return fail(token);
    position += 1;
    return token;
  };
  const word = (wanted: string): boolean => {
    const token = peek();
    if (token.type !== 'path' || token.text.toLowerCase() !== wanted) return false;
    position += 1;
    return true;
  };
  const path = (): string => {
    const name = take('path').text;
    if (!properties.includes(name)) properties.push(name);
    return name;
  };

  const disjunction = (): Expression => {
    let left = conjunction();
    while (word('or')) left = { type: 'or', left, right: conjunction() };
    return left;
  };
  const conjunction = (): Expression => {
    let left = term();
    while (word('and')) left = { type: 'and', left, right: term() };
    return left;
  };
  const term = (): Expression => {
    if (word('not')) return { type: 'not', inner: term() };
    if (peek().type === '(') {
      take('(');
      const inner = disjunction();
      take(')');
      return inner;
    }
    const name = functions.find((known) => known === peek().text.toLowerCase());
    if (name !== undefined && tokens[position + 1]?.type === '(') {
      position += 2;
      const property = path();
      take(',');
      const argument = take('string').text;
      take(')');
      return { type: 'function', name, path: property, text: argument };
    }
    const property = path();
    const operator = take('path');
    const comparison =
      comparisons.find((known) => known === operator.text.toLowerCase()) ?? fail(operator);
    return { type: 'compare', path: property, comparison, literal: literal() };
  };
  const literal = (): Literal => {
    const token = peek();
    position += 1;
    if (token.type === 'date' || token.type === 'number')
      return { type: token.type, value: token.value };
    if (token.type === 'string') return { type: 'string', value: token.text };
    if (token.type === 'path' && token.text === 'null') return { type: 'null' };
    if (token.type === 'path' && (token.text === 'true' || token.text === 'false'))
      return { type: 'boolean', value: token.text === 'true' };
    return fail(token);
  };

  const expression = disjunction();
  if (peek().type !== 'end') fail(peek());
  return { expression, properties };
}
