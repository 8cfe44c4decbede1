import { LockstepError } from '../errors.ts';

/**
 * The few causes a provider call can fail for. Each vendor has one function that turns its own
 * errors into one of these; the sync engine's policy table turns them into an action.
 */
export const failureCodes = [
  'RATE_LIMITED',
  'PROVIDER_UNAVAILABLE',
  'PROVIDER_TIMEOUT',
  'PROVIDER_PROTOCOL',
  'CURSOR_EXPIRED',
  'NEEDS_REAUTH',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'UNSAFE_URL',
  'PAGE_LOOP',
  'ITEM_INVALID',
  'DATABASE',
  'INTERNAL',
] as const;

export type FailureCode = (typeof failureCodes)[number];

export interface ProviderErrorOptions {
  readonly cause?: unknown;
  /** HTTP status of the provider's answer, when there was one. */
  readonly status?: number;
  /** The provider's own request id, for its support. */
  readonly requestId?: string;
  /** Seconds the provider asked us to wait. */
  readonly retryAfterSeconds?: number;
}

/** A provider call that failed, in our few words; `cause` keeps the vendor's error. */
export class ProviderError extends LockstepError {
  readonly failure: FailureCode;
  readonly status: number | undefined;
  readonly requestId: string | undefined;

  constructor(failure: FailureCode, message: string, options: ProviderErrorOptions = {}) {
    super(failure === 'NEEDS_REAUTH' ? 'RECONNECT_REQUIRED' : 'PROVIDER_FAILED', message, {
      ...(options.cause === undefined ? {} : { cause: options.cause }),
      ...(options.retryAfterSeconds === undefined
        ? {}
        : { retryAfterSeconds: options.retryAfterSeconds }),
    });
    this.failure = failure;
    this.status = options.status;
    this.requestId = options.requestId;
  }
}
