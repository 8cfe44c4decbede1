import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LockstepError } from '../../../src/errors.ts';
import { Vault, type VaultPlace } from '../../../src/services/accounts/vault.ts';

const key = (id: string) => ({ id, key: randomBytes(32) });
const place = (row: number, changes: Partial<VaultPlace> = {}): VaultPlace => ({
  table: 'provider_grants',
  rowId: `row-${row}`,
  column: 'access_token_sealed',
  organizationId: 'org-1',
  ...changes,
});

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof LockstepError ? error.code : `not ours: ${error}`;
  }
  return 'opened';
}

describe('the vault', () => {
  it('opens what it sealed, whatever the text', () => {
    const vault = new Vault([key('k1')]);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(vault.open(vault.seal(text, place(1)), place(1))).toBe(text);
      }),
    );
  });

  it('names the key, hides the text, and never repeats a value', () => {
    const vault = new Vault([key('k1')]);
    const values = Array.from({ length: 50 }, () => vault.seal('the-secret', place(1)));
    expect(new Set(values).size).toBe(50);
    for (const value of values) {
      expect(value).toMatch(/^v1:k1:[\w-]+$/);
      expect(value).not.toContain('the-secret');
    }
  });

  it('opens no value in another row, in all pairs of 20', () => {
    const vault = new Vault([key('k1')]);
    const rows = Array.from({ length: 20 }, (_, row) => vault.seal(`token ${row}`, place(row)));
    const outcomes = rows.flatMap((value, from) =>
      rows.map((_, to) => [from === to, codeOf(() => vault.open(value, place(to)))] as const),
    );
    expect(outcomes.filter(([same]) => same).every(([, code]) => code === 'opened')).toBe(true);
    const moved = outcomes.filter(([same]) => !same);
    expect(moved).toHaveLength(380);
    expect(moved.every(([, code]) => code === 'CREDENTIALS_UNREADABLE')).toBe(true);
  });

  it.each([
    ['table', { table: 'oauth_authorizations' }],
    ['column', { column: 'refresh_token_sealed' }],
    ['organisation', { organizationId: 'org-2' }],
  ])('opens no value under another %s', (_, changes) => {
    const vault = new Vault([key('k1')]);
    const sealed = vault.seal('secret', place(1));
    expect(codeOf(() => vault.open(sealed, place(1, changes)))).toBe('CREDENTIALS_UNREADABLE');
  });

  it('opens with every key and seals with the first', () => {
    const [old, fresh] = [key('2025'), key('2026')];
    const sealed = new Vault([old]).seal('secret', place(1));
    const both = new Vault([fresh, old]);
    expect(both.open(sealed, place(1))).toBe('secret');
    expect(both.isStale(sealed)).toBe(true);
    expect(both.seal('secret', place(1))).toMatch(/^v1:2026:/);
    expect(codeOf(() => new Vault([fresh]).open(sealed, place(1)))).toBe('CREDENTIALS_UNREADABLE');
  });

  it('refuses a value whose key id was changed to another known key', () => {
    const vault = new Vault([key('a'), key('b')]);
    const sealed = vault.seal('secret', place(1)).replace('v1:a:', 'v1:b:');
    expect(codeOf(() => vault.open(sealed, place(1)))).toBe('CREDENTIALS_UNREADABLE');
  });

  it('refuses damaged values: every single bit, and every shorter one', () => {
    const vault = new Vault([key('k')]);
    const sealed = vault.seal('s', place(1));
    const bytes = Buffer.from(sealed.slice('v1:k:'.length), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const text = `v1:k:${damaged.toString('base64url')}`;
      expect(codeOf(() => vault.open(text, place(1)))).toBe('CREDENTIALS_UNREADABLE');
    }
    for (let length = 0; length < bytes.length; length += 1) {
      const text = `v1:k:${bytes.subarray(0, length).toString('base64url')}`;
      expect(codeOf(() => vault.open(text, place(1)))).toBe('CREDENTIALS_UNREADABLE');
    }
  });

  it.each(['', 'plain', 'v2:k:AAAA', 'v1:k', 'v1:k:AAAA:more'])('refuses %j', (text) => {
    expect(codeOf(() => new Vault([key('k')]).open(text, place(1)))).toBe('CREDENTIALS_UNREADABLE');
  });

  it.each([
    ['no key', []],
    ['a short key', [{ id: 'k', key: randomBytes(16) }]],
    ['one id twice', [key('k'), key('k')]],
    ['a colon in the id', [key('a:b')]],
  ])('is not made with %s', (_, keys) => {
    expect(codeOf(() => new Vault(keys))).toBe('CONFIGURATION');
  });
});
