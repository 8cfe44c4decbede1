import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  consentCookieName,
  newState,
  randomSecret,
  stateOrganization,
} from '../../../src/services/accounts/consent-secrets.ts';

describe('the state of a consent', () => {
  it('leads to its organisation and is different each time', () => {
    const organization = randomUUID();
    const states = Array.from({ length: 100 }, () => newState(organization));
    expect(new Set(states).size).toBe(100);
    expect(new Set(states.map(stateOrganization))).toEqual(new Set([organization]));
    expect(new Set(states.map(consentCookieName)).size).toBe(100);
  });

  it.each(['', 'x', 'a'.repeat(63), 'a'.repeat(65), `${'a'.repeat(63)}=`, `${'a'.repeat(63)}/`])(
    'is not %j',
    (text) => {
      expect(stateOrganization(text)).toBeNull();
    },
  );

  it('has secrets that fit PKCE (RFC 7636: 43 to 128 characters)', () => {
    expect(randomSecret()).toMatch(/^[\w-]{43}$/);
  });
});
