/** gRPC's name of a status, as Gmail writes it beside the number. */
const statusNames: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

export interface GoogleErrorDetails {
  readonly domain?: string;
  /** `message` of the entry in `errors`, where it differs. */
  readonly inner?: string;
  readonly location?: string;
  readonly statusName?: string;
  readonly details?: readonly unknown[];
  readonly headers?: Record<string, string>;
}

/** A refusal by one of Google's APIs. */
export class GoogleError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly more: GoogleErrorDetails;

  constructor(status: number, reason: string, message: string, more: GoogleErrorDetails = {}) {
    super(message);
    this.name = 'GoogleError';
    this.status = status;
    this.reason = reason;
    this.more = more;
  }

  /** The body that Gmail sends: `errors`, `code` and `status`. */
  body(): Record<string, unknown> {
    const { status, reason, message, more } = this;
    return {
      error: {
        code: status,
        message,
        errors: [
          {
            message: more.inner ?? message,
            domain: more.domain ?? 'global',
            reason,
            ...(more.location === undefined
              ? {}
              : { location: more.location, locationType: 'header' }),
          },
        ],
        status: more.statusName ?? statusNames[status] ?? 'UNKNOWN',
        ...(more.details === undefined ? {} : { details: more.details }),
      },
    };
  }
}

export function badArgument(message: string): GoogleError {
  return new GoogleError(400, 'invalidArgument', message);
}

export function entityNotFound(): GoogleError {
  return new GoogleError(404, 'notFound', 'Requested entity was not found.');
}
