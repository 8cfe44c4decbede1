import type { Clock } from '../../core/clock.ts';

/** A refusal by Graph. */
export class GraphError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.name = 'GraphError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export interface ErrorContext {
  readonly clock: Clock;
  readonly requestId: string;
  readonly clientRequestId: string;
}

/** The body of every Graph error; innerError is spelt as the service and its client library spell it. */
export function graphErrorBody(
  code: string,
  message: string,
  context: ErrorContext,
): Record<string, unknown> {
  return {
    error: {
      code,
      message,
      innerError: {
        date: new Date(context.clock.now()).toISOString().slice(0, 19),
        'request-id': context.requestId,
        'client-request-id': context.clientRequestId,
      },
    },
  };
}

export function itemNotFound(): GraphError {
  return new GraphError(
    404,
    'ErrorItemNotFound',
    'The specified object was not found in the store.',
  );
}

export function malformedId(): GraphError {
  return new GraphError(400, 'ErrorInvalidIdMalformed', 'Id is malformed.');
}

export function badQuery(message: string): GraphError {
  return new GraphError(400, 'RequestBroker--ParseUri', message);
}
