import { ClientError, ResponseBodyError } from 'openid-client';
import { ProviderError } from '../errors.ts';
import { microsoftError, unusableGrant } from './errors.ts';

/** What openid-client threw, as one of our errors; the library's causes may quote tokens and stay out. */
export function signInError(error: unknown): unknown {
  if (error instanceof ResponseBodyError) {
    const { error_codes: numbers, suberror, trace_id: traceId } = error.cause;
    return microsoftError('Entra', {
      status: error.status,
      codes: [error.error, ...(typeof suberror === 'string' ? [suberror] : [])],
      numbers: Array.isArray(numbers) ? numbers.filter((one) => typeof one === 'number') : [],
      requestId: typeof traceId === 'string' ? traceId : undefined,
    });
  }
  const own = providerErrorIn(error);
  if (own) return own;
  if (error instanceof ClientError) {
    return new ProviderError(
      'PROVIDER_PROTOCOL',
      `Microsoft Entra's answer was refused: ${error.message} (${error.code ?? 'no code'}).`,
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

/** AADSTS70000, the one refusal that is worth asking again. */
export function isUnusableGrant(error: unknown): boolean {
  if (!(error instanceof ResponseBodyError) || error.error !== 'invalid_grant') return false;
  const { error_codes: numbers } = error.cause;
  return Array.isArray(numbers) && numbers.includes(unusableGrant);
}
