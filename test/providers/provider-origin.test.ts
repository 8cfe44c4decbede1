import { describe, expect, it } from 'vitest';
import { providerOrigin } from '../../src/providers/provider-origin.ts';

const real = 'https://graph.microsoft.com';

describe('the origin in place of a vendor', () => {
  it.each([
    [null, real],
    ['http://127.0.0.1:4100/', 'http://127.0.0.1:4100'],
    ['http://localhost:4100', 'http://localhost:4100'],
    ['http://[::1]:4100', 'http://[::1]:4100'],
    ['https://emulator.example.test/x', 'https://emulator.example.test'],
  ])('%s', (configured, origin) => {
    expect(providerOrigin(configured, real)).toBe(origin);
  });

  it.each(['http://emulator.example.test', 'http://127.0.0.1.evil.test', 'ftp://127.0.0.1'])(
    'refuses %s, where tokens would travel in clear',
    (configured) => {
      expect(() => providerOrigin(configured, real)).toThrow(
        expect.objectContaining({ code: 'CONFIGURATION' }),
      );
    },
  );
});
