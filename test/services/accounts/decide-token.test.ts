import { describe, expect, it } from 'vitest';
import { decideToken, type TokenState } from '../../../src/services/accounts/decide-token.ts';

const now = new Date('2026-03-01T12:00:00Z');
const inSeconds = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const active = (changes: Partial<TokenState> = {}): TokenState => ({
  status: 'active',
  hasAccessToken: true,
  hasRefreshToken: true,
  expiresAt: inSeconds(3600),
  retryAt: null,
  ...changes,
});
const decide = (state: TokenState, need: { minimumSeconds?: number; refused?: boolean } = {}) =>
  decideToken(state, { now, minimumSeconds: 0, refused: false, ...need });

describe('which token a caller gets', () => {
  it.each([
    ['an hour left', active(), 'use'],
    ['5 minutes left', active({ expiresAt: inSeconds(300) }), 'use'],
    ['a second less', active({ expiresAt: inSeconds(299) }), 'refresh'],
    ['expired', active({ expiresAt: inSeconds(-1) }), 'refresh'],
    ['no access token', active({ hasAccessToken: false }), 'refresh'],
    ['expiry unknown', active({ expiresAt: null }), 'refresh'],
    ['no refresh token', active({ expiresAt: null, hasRefreshToken: false }), 'reconnect'],
    ['ended', active({ status: 'reconnect_required' }), 'reconnect'],
    ['revoked', active({ status: 'revoked' }), 'reconnect'],
  ] as const)('%s: %s', (_, state, decision) => {
    expect(decide(state)).toBe(decision);
  });

  it('asks for a new one when the present one was refused', () => {
    expect(decide(active(), { refused: true })).toBe('refresh');
  });

  it('asks for a new one when the caller needs longer', () => {
    expect(decide(active(), { minimumSeconds: 3601 })).toBe('refresh');
  });

  it('while refreshing cools down: uses up what is left, then waits, then asks again', () => {
    const retryAt = inSeconds(60);
    expect(decide(active({ retryAt, expiresAt: inSeconds(120) }))).toBe('use');
    expect(decide(active({ retryAt, expiresAt: inSeconds(20) }))).toBe('wait');
    expect(decide(active({ retryAt, expiresAt: inSeconds(120) }), { refused: true })).toBe('wait');
    expect(decide(active({ retryAt: now, expiresAt: inSeconds(120) }))).toBe('refresh');
  });
});
