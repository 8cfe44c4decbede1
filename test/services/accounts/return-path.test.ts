import { describe, expect, it } from 'vitest';
import { returnAddress, safeReturnPath } from '../../../src/services/accounts/return-path.ts';

describe('the page to return to', () => {
  it.each(['/', '/connections', '/connections?tab=mail#top', '/a/b-c_d.html'])(
    'keeps %s',
    (path) => {
      expect(safeReturnPath(path)).toBe(path);
    },
  );

  it.each([
    '//evil.test',
    '/\\evil.test',
    '/\t/evil.test',
    '/%0d%0aSet-Cookie: a=b',
    '/%0D%0ASet-Cookie:a=b',
    '/\r\nSet-Cookie: a=b',
    'https://evil.test/',
    'javascript:alert(1)',
    'evil.test',
    '/.//evil.test',
    '/..//evil.test',
    '/a b',
    `/${'a'.repeat(600)}`,
    '',
    null,
    undefined,
  ])('answers %j with the start page', (path) => {
    expect(safeReturnPath(path)).toBe('/');
  });

  it('adds the outcome to the query, encoded', () => {
    expect(returnAddress('/mail?tab=1', { connected: 'outlook', detail: '<a&b>' })).toBe(
      '/mail?tab=1&connected=outlook&detail=%3Ca%26b%3E',
    );
    expect(returnAddress('//evil.test', { connected: 'outlook' })).toBe('/?connected=outlook');
  });
});
