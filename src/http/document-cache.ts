import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import { documentRules, tooComplex } from './document-rules.ts';
import type { Limits } from './limits.ts';

/** A document that passed the parser, with what validation found; an empty list means it may run. */
export interface CheckedDocument {
  readonly document: DocumentNode;
  readonly errors: readonly GraphQLError[];
}

export interface DocumentCache {
  /**
   * Parses and validates a document text.
   * @throws GraphQLError for a syntax error, LockstepError QUERY_TOO_COMPLEX for a limit
   */
  check(text: string): CheckedDocument;
}

/** Characters of remembered texts, which bounds the memory: a tree takes about thirty times its text. */
const rememberedCharacters = 2_000_000;

/**
 * Parsing and validating a usual document takes about 0.4 ms, more than executing it. Only valid
 * documents are remembered, so that refused ones cannot push out those in use.
 */
export function createDocumentCache(schema: GraphQLSchema, limits: Limits): DocumentCache {
  const rules = documentRules(limits);
  const valid = new LRUCache<string, CheckedDocument>({
    maxSize: rememberedCharacters,
    sizeCalculation: (_, text) => text.length + 1,
  });
  return {
    check(text) {
      const known = valid.get(text);
      if (known) return known;
      const document = parseBounded(text, limits.tokens);
      const errors = validate(schema, document, rules, { maxErrors: 20, hideSuggestions: true });
      const checked = { document, errors };
      if (errors.length === 0) valid.set(text, checked);
      return checked;
    },
  };
}

function parseBounded(text: string, maxTokens: number): DocumentNode {
  try {
    return parse(text, { maxTokens });
  } catch (error) {
    const overLimit =
      error instanceof GraphQLError && / \d+ tokens\. Parsing aborted/.test(error.message);
    throw overLimit ? tooComplex('the number of its tokens', maxTokens) : error;
  }
}
