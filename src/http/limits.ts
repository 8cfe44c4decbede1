/**
 * What one request may ask for. Bodies and headers bound the parser, tokens bound validation (which
 * is quadratic in fields of one selection), depth, aliases, directives and cost bound execution.
 */
export const limits = {
  bodyBytes: 262_144,
  headerBytes: 16_384,
  tokens: 1_000,
  depth: 12,
  aliases: 15,
  directives: 5,
  /** Fields to resolve at most, lists counted with the length that was asked for. */
  cost: 5_000,
} as const;

export type Limits = typeof limits;
