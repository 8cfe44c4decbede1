import { type ErrorDetails, LockstepError } from '../../errors.ts';
import { type FailureCode, ProviderError } from '../../providers/errors.ts';

/** A failure inside a run that did not come from a provider call, in the policy table's words. */
export class SyncFailure extends LockstepError {
  readonly failure: FailureCode;

  constructor(
    failure: FailureCode,
    message: string,
    options: Pick<ErrorDetails, 'retryAfterSeconds'> & { cause?: unknown } = {},
  ) {
    super(failure === 'NEEDS_REAUTH' ? 'RECONNECT_REQUIRED' : 'PROVIDER_FAILED', message, options);
    this.failure = failure;
  }
}

/** A thrown error in the policy table's words. */
export interface ClassifiedFailure {
  readonly code: FailureCode;
  /** Seconds the provider asked us to wait; null when it said nothing. */
  readonly retryAfterSeconds: number | null;
  /** A sentence that may be stored and shown. */
  readonly message: string;
}

/**
 * Classifies anything a handler can throw. Only deliberate errors keep their text: another error's
 * message may quote what was being synchronised.
 */
export function classifyFailure(thrown: unknown): ClassifiedFailure {
  if (thrown instanceof ProviderError || thrown instanceof SyncFailure) {
    return {
      code: thrown.failure,
      retryAfterSeconds: thrown.details.retryAfterSeconds ?? null,
      message: thrown.message,
    };
  }
  if (thrown instanceof LockstepError) {
    return {
      code: codeOf(thrown),
      retryAfterSeconds: thrown.details.retryAfterSeconds ?? null,
      message: thrown.message,
    };
  }
  const kind = thrown instanceof Error ? thrown.name : typeof thrown;
  return {
    code: 'INTERNAL',
    retryAfterSeconds: null,
    message: `An unexpected error of kind ${kind} stopped the run; the worker's log has it.`,
  };
}

function codeOf(error: LockstepError): FailureCode {
  switch (error.code) {
    case 'UNAVAILABLE':
      return 'DATABASE';
    case 'RECONNECT_REQUIRED':
    case 'NOT_CONNECTED':
    case 'CREDENTIALS_UNREADABLE':
      return 'NEEDS_REAUTH';
    case 'CONFLICT':
      return 'CONFLICT';
    case 'RATE_LIMITED':
      return 'RATE_LIMITED';
    case 'FORBIDDEN':
      return 'FORBIDDEN';
    default:
      return 'INTERNAL';
  }
}
