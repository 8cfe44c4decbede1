import { describe, expect, it } from 'vitest';
import { LockstepError } from '../../../src/errors.ts';
import { ProviderError } from '../../../src/providers/errors.ts';
import { classifyFailure, SyncFailure } from '../../../src/services/sync/failure.ts';

describe('classifyFailure', () => {
  it('takes the code and the wait of a provider failure', () => {
    const thrown = new ProviderError('RATE_LIMITED', 'Graph asks to wait', {
      retryAfterSeconds: 30,
    });
    expect(classifyFailure(thrown)).toEqual({
      code: 'RATE_LIMITED',
      retryAfterSeconds: 30,
      message: 'Graph asks to wait',
    });
  });

  it('takes the code of a failure of our own', () => {
    expect(classifyFailure(new SyncFailure('PAGE_LOOP', 'page 3 came twice'))).toMatchObject({
      code: 'PAGE_LOOP',
      retryAfterSeconds: null,
    });
  });

  it('takes a database that cannot answer for what it is', () => {
    const thrown = new LockstepError('UNAVAILABLE', 'no connection', { retryAfterSeconds: 2 });
    expect(classifyFailure(thrown)).toMatchObject({ code: 'DATABASE', retryAfterSeconds: 2 });
  });

  it('keeps the text of an unexpected error out of what is stored', () => {
    const failure = classifyFailure(new TypeError('cannot read "Dear Ana, the salary is"'));
    expect(failure.code).toBe('INTERNAL');
    expect(failure.message).toContain('TypeError');
    expect(failure.message).not.toContain('salary');
  });

  it('survives things that are not errors', () => {
    expect(classifyFailure('oops').code).toBe('INTERNAL');
    expect(classifyFailure(undefined).code).toBe('INTERNAL');
  });
});
