import { describe, expect, it } from 'vitest';
import { googleError, googleFailure, readFault } from '../../../src/providers/google/errors.ts';
import { googleRetrySeconds } from '../../../src/providers/google/retry-time.ts';

const now = new Date('2026-01-05T18:00:00.000Z');

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  return { status, headers: new Headers(headers), text: JSON.stringify(body) };
}

describe('what a Google failure means', () => {
  it.each([
    [429, 'rateLimitExceeded', 'RATE_LIMITED'],
    [403, 'rateLimitExceeded', 'RATE_LIMITED'],
    [403, 'userRateLimitExceeded', 'RATE_LIMITED'],
    [403, 'dailyLimitExceeded', 'RATE_LIMITED'],
    [403, 'quotaExceeded', 'RATE_LIMITED'],
    [403, 'RESOURCE_EXHAUSTED', 'RATE_LIMITED'],
    [403, 'insufficientPermissions', 'NEEDS_REAUTH'],
    [403, 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'NEEDS_REAUTH'],
    [403, 'forbidden', 'FORBIDDEN'],
    [403, 'domainPolicy', 'FORBIDDEN'],
    [403, 'accessNotConfigured', 'FORBIDDEN'],
    [401, 'authError', 'NEEDS_REAUTH'],
    [400, 'failedPrecondition', 'FORBIDDEN'],
    [400, 'invalidArgument', 'PROVIDER_PROTOCOL'],
    [404, 'notFound', 'NOT_FOUND'],
    [410, 'fullSyncRequired', 'CURSOR_EXPIRED'],
    [409, 'duplicate', 'CONFLICT'],
    [412, 'conditionNotMet', 'CONFLICT'],
    [500, 'backendError', 'PROVIDER_UNAVAILABLE'],
    [503, 'backendError', 'PROVIDER_UNAVAILABLE'],
    [502, '', 'PROVIDER_UNAVAILABLE'],
    [504, '', 'PROVIDER_TIMEOUT'],
    [408, '', 'PROVIDER_TIMEOUT'],
    [302, '', 'PROVIDER_PROTOCOL'],
  ] as const)('Gmail %i %s: %s', (status, reason, failure) => {
    expect(googleFailure({ status, reasons: [reason] })).toBe(failure);
  });

  it.each([
    [400, 'invalid_grant', 'NEEDS_REAUTH'],
    [401, 'invalid_client', 'PROVIDER_UNAVAILABLE'],
    [400, 'unauthorized_client', 'PROVIDER_UNAVAILABLE'],
    [400, 'invalid_request', 'PROVIDER_UNAVAILABLE'],
    [400, 'redirect_uri_mismatch', 'PROVIDER_PROTOCOL'],
    // A grant never ends by an outage, whatever its body says.
    [500, 'invalid_grant', 'PROVIDER_UNAVAILABLE'],
    [429, 'invalid_grant', 'RATE_LIMITED'],
  ] as const)('OAuth %i %s: %s', (status, reason, failure) => {
    expect(googleFailure({ status, reasons: [reason] })).toBe(failure);
  });

  it('finds the reasons wherever Google puts them', () => {
    const error = {
      code: 403,
      status: 'PERMISSION_DENIED',
      message: 'secret text',
      errors: [{ domain: 'global', reason: 'insufficientPermissions', message: 'x' }],
      details: [{ reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }],
    };
    expect(readFault(answer(403, { error }), now).reasons).toEqual([
      'insufficientPermissions',
      'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
      'PERMISSION_DENIED',
    ]);
    const rapt = { error: 'invalid_grant', error_subtype: 'invalid_rapt' };
    const ended = googleError('Google', readFault(answer(400, rapt), now));
    expect(ended).toMatchObject({
      failure: 'NEEDS_REAUTH',
      message: 'Google answered 400 invalid_grant invalid_rapt.',
    });
    const challenged = { 'www-authenticate': 'Bearer realm="x", error="insufficient_scope"' };
    expect(googleFailure(readFault(answer(403, {}, challenged), now))).toBe('NEEDS_REAUTH');
  });

  it('quotes nothing of the vendor’s text, and outlives bodies that are none', () => {
    const error = { code: 400, message: 'ana@acme.test wrote', errors: [{ reason: 'a b<c>' }] };
    expect(googleError('Gmail', readFault(answer(400, { error }), now)).message).toBe(
      'Gmail answered 400.',
    );
    const page = { status: 502, headers: new Headers(), text: '<html>' };
    expect(readFault(page, now)).toMatchObject({ status: 502, reasons: [] });
  });
});

describe('how long to wait', () => {
  it.each([
    ['5', null, 5],
    ['Mon, 05 Jan 2026 18:00:07 GMT', null, 7],
    [null, 'User-rate limit exceeded.  Retry after 2026-01-05T18:15:00.500Z', 901],
    [null, 'User-rate limit exceeded.  Retry after 2026-01-05T17:00:00.000Z', 0],
    ['3', 'Retry after 2026-01-05T18:15:00.000Z', 3],
    [null, 'Resource has been exhausted (e.g. check quota).', null],
    ['soon', null, null],
  ] as const)('%s, "%s": %s s', (header, text, seconds) => {
    expect(googleRetrySeconds(header, text, now)).toBe(seconds);
  });
});
