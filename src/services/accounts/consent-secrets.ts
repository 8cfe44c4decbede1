import { createHash, randomBytes } from 'node:crypto';

/** 256 bits, base64url: a PKCE verifier, a nonce, a browser's mark. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a secret that only has to be recognised. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/**
 * The `state` of a consent: the organisation's id, because the callback must find its database
 * before it knows who is calling, and 256 random bits.
 */
export function newState(organizationId: string): string {
  const organization = Buffer.from(organizationId.replaceAll('-', ''), 'hex');
  return Buffer.concat([organization, randomBytes(32)]).toString('base64url');
}

/** The organisation a state was made for; null when the text cannot be one of ours. */
export function stateOrganization(state: string): string | null {
  if (!/^[\w-]{64}$/.test(state)) return null;
  const hex = Buffer.from(state, 'base64url').subarray(0, 16).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A cookie per consent, so that two started in one browser do not disturb each other. */
export function consentCookieName(state: string): string {
  return `lockstep_consent_${secretHash(state).toString('hex').slice(0, 16)}`;
}
