import { LockstepError } from '../errors.ts';

/**
 * The origin that is called in place of a vendor's own. Tokens and client secrets travel there, so
 * plain http is for this machine only.
 * @throws LockstepError CONFIGURATION
 */
export function providerOrigin(configured: string | null, real: string): string {
  if (configured === null) return real;
  const url = new URL(configured);
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback)) return url.origin;
  throw new LockstepError(
    'CONFIGURATION',
    `${url.origin} cannot stand for ${real}: give an https address, or http on this machine.`,
  );
}
