import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../src/providers/errors.ts';
import { PageLoopGuard } from '../../src/providers/page-loop.ts';

const walk = (...pages: string[]) => {
  const guard = new PageLoopGuard();
  for (const [index, page] of pages.entries()) {
    const next = pages[index + 1];
    if (next !== undefined) guard.step(page, next);
  }
};

describe('noticing a list that leads back', () => {
  it.each([
    ['to the same page', ['a', 'a']],
    ['to the first', ['a', 'b', 'c', 'a']],
    ['to the middle', ['a', 'b', 'c', 'b']],
  ])('%s', (_, pages) => {
    expect(() => walk(...pages)).toThrow(
      expect.objectContaining({ constructor: ProviderError, failure: 'PAGE_LOOP' }),
    );
  });

  it('follows 10,001 different pages', () => {
    expect(() => walk(...Array.from({ length: 10_001 }, (_, page) => `p${page}`))).not.toThrow();
  });

  it('allows asking for one page again', () => {
    const guard = new PageLoopGuard();
    guard.step('a', 'b');
    guard.step('b', 'c');
    guard.step('b', 'c');
    guard.step('a', 'b');
    expect(() => guard.step('c', 'd')).not.toThrow();
  });
});
