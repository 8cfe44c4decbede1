import { describe, expect, it } from 'vitest';
import { graphAddress } from '../../../src/providers/microsoft/graph-link.ts';

const sandbox = 'http://127.0.0.1:4100';
const path = '/v1.0/me/messages?$skiptoken=a%2Fb';

describe('which links are followed', () => {
  it.each([path, `https://graph.microsoft.com${path}`, `${sandbox}${path}`])(
    'follows %s on the configured origin, query untouched',
    (link) => {
      expect(graphAddress(link, sandbox).href).toBe(`${sandbox}${path}`);
    },
  );

  it.each([
    'http://graph.microsoft.com/v1.0/me',
    'https://graph.microsoft.com@evil.test/v1.0/me',
    'https://user:pw@graph.microsoft.com/v1.0/me',
    'https://graph.microsoft.com.evil.test/v1.0/me',
    'https://graph.microsoft.com:8443/v1.0/me',
    'https://evil.test/v1.0/me',
    '//evil.test/v1.0/me',
    '/\\evil.test/v1.0/me',
    'http://[::ffff:127.0.0.1]/v1.0/me',
    'http://127.0.0.1:4101/v1.0/me',
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
  ])('refuses %s', (link) => {
    expect(() => graphAddress(link, sandbox)).toThrow(
      expect.objectContaining({ failure: 'UNSAFE_URL' }),
    );
  });

  it('refuses the sandbox itself when the real Graph is configured', () => {
    expect(() => graphAddress(`${sandbox}${path}`, 'https://graph.microsoft.com')).toThrow(
      /was not called/,
    );
  });
});
