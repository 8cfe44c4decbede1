import { ClientError, ResponseBodyError } from 'openid-client';
import { ProviderError } from '../errors.ts';
import { googleError } from './errors.ts';

/** What openid-client threw, as one of our errors; the library's causes may quote tokens and stay out. */
export function signInError(error: unknown): unknown {
  if (error instanceof ResponseBodyError) {
    const { error_subtype: subtype } = error.cause;
    return googleError('Google', {
      status: error.status,
      reasons: [error.error, ...(typeof subtype === 'string' ? [subtype] : [])],
    });
  }
  const own = providerErrorIn(error);
  if (own) return own;
  if (error instanceof ClientError) {
    return new ProviderError(
      'PROVIDER_PROTOCOL',
      `Google's sign-in answer was refused: ${error.message} (${error.code ?? 'no code'}).`,
    );
  }
  return error;
}

/** The library wraps what its transport throws. */
function providerErrorIn(error: unknown): ProviderError | null {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth += 1) {
    if (one instanceof ProviderError) return one;
  }
  return null;
}

/** Whether the id token names another issuer than the one it was read with. */
export function isOtherIssuer(error: unknown): boolean {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth += 1) {
    const { cause } = one;
    if (typeof cause === 'object' && cause !== null && 'claim' in cause && cause.claim === 'iss') {
      return true;
    }
  }
  return false;
}
