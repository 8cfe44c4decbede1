import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText } from '../../src/providers/clean-text.ts';

describe('cleaning a text for storage', () => {
  it('leaves good text alone', () => {
    const text = 'Grüße 👋🏽 \u202Eabc\nline';
    expect(cleanText(text, 'subject', 100)).toEqual({ text, notes: [] });
  });

  it('replaces NUL and lone surrogates, and says so', () => {
    expect(cleanText('a\0b\uD800c', 'subject', 100)).toEqual({
      text: 'a\uFFFDb\uFFFDc',
      notes: ['subject: NUL characters replaced', 'subject: broken characters replaced'],
    });
  });

  it('cuts with a mark', () => {
    const { text, notes } = cleanText('x'.repeat(5_000_000), 'body.content', 1000);
    expect(text).toBe(`${'x'.repeat(1000)}\n[cut: 1000 of 5000000 characters kept]`);
    expect(notes).toEqual(['body.content: cut to 1000 characters']);
  });

  it('always yields storable text, cut anywhere', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (raw, limit) => {
        const { text } = cleanText(raw, 'x', limit);
        expect(text.isWellFormed()).toBe(true);
        expect(text).not.toContain('\0');
      }),
    );
  });
});
