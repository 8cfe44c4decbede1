import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStrictJson } from '../../src/providers/strict-json.ts';

describe('strict JSON', () => {
  it('reads every JSON value as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        expect(parseStrictJson(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a byte order mark', '\uFEFF{}', /byte order mark/],
    ['a name twice', '{"a":1,"b":{"c":[{"d":1,"d":2}]}}', /same name twice/],
    ['a name twice, once escaped', '{"a":1,"\\u0061":2}', /same name twice/],
    ['a value that ends early', '{"value":[{"id":"1"', /not complete/],
    ['a text that ends early', '{"value":"abc', /not complete/],
    ['500,000 levels', '['.repeat(500_000) + ']'.repeat(500_000), /deeper than 100/],
    ['nothing', '', /not complete/],
    ['HTML', '<!doctype html><html lang="en"></html>', /not complete/],
    ['a broken escape in a name', '{"\\u00zz":1}', /not complete/],
  ])('refuses %s', (_, text, reason) => {
    expect(() => parseStrictJson(text)).toThrow(reason);
  });

  it('accepts one name in different objects, and quotes and braces inside texts', () => {
    const text = '[{"a":"\\"{,a"},{"a":"}\\\\"},{"b":["a","a"],"a":{"a":1}}]';
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });

  it('quotes nothing of the text in its errors', () => {
    expect(() => parseStrictJson('{"subject":"confidential" oops')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('confidential') }),
    );
  });
});
