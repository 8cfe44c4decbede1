import { describe, expect, it } from 'vitest';
import {
  graphCodes,
  microsoftError,
  microsoftFailure,
} from '../../../src/providers/microsoft/errors.ts';

describe('what a Microsoft failure means', () => {
  it.each([
    [429, 'ApplicationThrottled', 'RATE_LIMITED'],
    [509, '', 'RATE_LIMITED'],
    [503, 'activityLimitReached', 'RATE_LIMITED'],
    [503, 'MailboxStoreUnavailable', 'PROVIDER_UNAVAILABLE'],
    [500, 'generalException', 'PROVIDER_UNAVAILABLE'],
    [502, '', 'PROVIDER_UNAVAILABLE'],
    [504, 'UnknownError', 'PROVIDER_TIMEOUT'],
    [410, 'SyncStateNotFound', 'CURSOR_EXPIRED'],
    [410, '', 'CURSOR_EXPIRED'],
    [400, 'InvalidDeltaToken', 'CURSOR_EXPIRED'],
    [400, 'SYNCSTATENOTFOUND', 'CURSOR_EXPIRED'],
    [401, 'InvalidAuthenticationToken', 'NEEDS_REAUTH'],
    [403, 'ErrorAccessDenied', 'FORBIDDEN'],
    [404, 'MailboxNotEnabledForRESTAPI', 'FORBIDDEN'],
    [507, 'ErrorQuotaExceeded', 'FORBIDDEN'],
    [404, 'ErrorItemNotFound', 'NOT_FOUND'],
    [400, 'ErrorInvalidIdMalformed', 'NOT_FOUND'],
    [412, 'ErrorIrresolvableConflict', 'CONFLICT'],
    [409, '', 'CONFLICT'],
    [400, 'InefficientFilter', 'PROVIDER_PROTOCOL'],
    [302, '', 'PROVIDER_PROTOCOL'],
  ] as const)('Graph %i %s: %s', (status, code, failure) => {
    expect(microsoftFailure({ status, codes: [code] })).toBe(failure);
  });

  it.each([
    [400, 'invalid_grant', 'NEEDS_REAUTH'],
    [400, 'interaction_required', 'NEEDS_REAUTH'],
    [401, 'invalid_client', 'PROVIDER_UNAVAILABLE'],
    [400, 'unauthorized_client', 'PROVIDER_UNAVAILABLE'],
    [400, 'invalid_scope', 'PROVIDER_UNAVAILABLE'],
    [400, 'temporarily_unavailable', 'PROVIDER_UNAVAILABLE'],
    // A grant never ends by an outage, whatever its body says.
    [500, 'invalid_grant', 'PROVIDER_UNAVAILABLE'],
    [503, 'invalid_grant', 'PROVIDER_UNAVAILABLE'],
    [429, 'invalid_grant', 'RATE_LIMITED'],
  ] as const)('Entra %i %s: %s', (status, code, failure) => {
    expect(microsoftFailure({ status, codes: [code] })).toBe(failure);
  });

  it('reads nested codes in both spellings', () => {
    const nested = { code: 'a', innerError: { code: 'b', innererror: { code: 'c' } } };
    expect(graphCodes(nested)).toEqual(['a', 'b', 'c']);
    expect(graphCodes(null)).toEqual([]);
    expect(graphCodes('text')).toEqual([]);
  });

  it('names status, code and request id', () => {
    const error = microsoftError('Entra', {
      status: 400,
      codes: ['invalid_grant'],
      numbers: [50173],
      requestId: 'r-1',
    });
    expect(error.message).toBe(
      'Microsoft Entra answered 400 invalid_grant AADSTS50173 (request-id r-1).',
    );
    expect(error.code).toBe('RECONNECT_REQUIRED');
  });
});
