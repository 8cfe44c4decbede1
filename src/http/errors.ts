import { GraphQLError } from 'graphql';
import { type ErrorCode, errorCodes, errorText, LockstepError } from '../errors.ts';
import type { Logger } from '../log.ts';

/** The HTTP status of each code, for REST and for GraphQL requests that were refused as a whole. */
const statusOfCode: Readonly<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  BAD_REQUEST: 400,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  QUERY_TOO_COMPLEX: 400,
  UNAVAILABLE: 503,
  IDEMPOTENCY_MISMATCH: 422,
  SYNC_LOCKED: 403,
  SYNC_ALREADY_RUNNING: 409,
  NOT_CONNECTED: 404,
  RECONNECT_REQUIRED: 409,
  OVERRIDE_UNAVAILABLE: 503,
  ALREADY_CONNECTED_ELSEWHERE: 409,
  ILLEGAL_TRANSITION: 409,
  CREDENTIALS_UNREADABLE: 409,
  PROVIDER_FAILED: 502,
  CONFIGURATION: 500,
  MIGRATION: 503,
  INTERNAL_SERVER_ERROR: 500,
};

/** The HTTP status that goes with an error code. */
export function httpStatusOf(code: ErrorCode): number {
  return statusOfCode[code];
}

export interface ErrorEdge {
  readonly requestId: string;
  readonly log: Logger;
}

/** A fault of ours, as the caller may see it; `cause` is what the log has. */
class UnforeseenError extends LockstepError {
  constructor(requestId: string, cause: unknown) {
    super(
      'INTERNAL_SERVER_ERROR',
      `Something failed on our side. If it stays, tell support the request id ${requestId}.`,
      { cause },
    );
  }
}

/** What a caller may see of anything thrown; the rest goes into the log under the request id. */
export function publicError(thrown: unknown, { requestId, log }: ErrorEdge): LockstepError {
  if (thrown instanceof UnforeseenError) return thrown;
  if (thrown instanceof LockstepError && thrown.code !== 'INTERNAL_SERVER_ERROR') return thrown;
  log.error({ err: thrown, requestId }, `unexpected error: ${errorText(thrown)}`);
  return new UnforeseenError(requestId, thrown);
}

/**
 * The one place where an error becomes a GraphQL answer, on every transport: `extensions` carry
 * `code`, `requestId` and, where they help, `field`, `limit` and `retryAfterSeconds`.
 */
export function maskedErrors(thrown: unknown, edge: ErrorEdge): GraphQLError[] {
  if (thrown instanceof AggregateError) {
    return thrown.errors.flatMap((error) => maskedErrors(error, edge));
  }
  if (!(thrown instanceof GraphQLError)) return [answer(thrown, null, edge)];
  const origin = originOf(thrown);
  // Inputs are checked before execution, so what GraphQL or a plugin raises at a field is our fault.
  const ofTheDocument = origin instanceof GraphQLError && thrown.path === undefined;
  return [ofTheDocument ? library(thrown, edge) : answer(origin, thrown, edge)];
}

/** The result of an execution with its errors masked; the same object when it has none. */
export function maskedResult<R extends { errors?: readonly unknown[] | undefined }>(
  result: R,
  edge: ErrorEdge,
): R {
  if (!result.errors) return result;
  return { ...result, errors: result.errors.flatMap((error) => maskedErrors(error, edge)) };
}

/** An error that GraphQL itself raised: syntax, validation, a value of the wrong type. */
function library(error: GraphQLError, { requestId }: ErrorEdge): GraphQLError {
  // Nothing else of its extensions: a parser's error there quotes the body.
  const { code, field, limit, http } = error.extensions;
  const known = errorCodes.find((candidate) => candidate === code);
  return new GraphQLError(withoutSuggestion(error.message), {
    ...placeOf(error),
    extensions: {
      code: known ?? (http === undefined ? 'BAD_USER_INPUT' : 'BAD_REQUEST'),
      requestId,
      ...(field !== undefined && { field }),
      ...(limit !== undefined && { limit }),
      ...(http !== undefined && { http }),
    },
  });
}

function answer(thrown: unknown, at: GraphQLError | null, edge: ErrorEdge): GraphQLError {
  const error = publicError(thrown, edge);
  return new GraphQLError(error.message, {
    ...(at && placeOf(at)),
    originalError: error,
    extensions: { code: error.code, requestId: edge.requestId, ...error.details },
  });
}

/** The error that a resolver threw, however often it was wrapped; the error itself when nobody threw it. */
function originOf(error: GraphQLError): unknown {
  const inner = error.originalError;
  return inner instanceof GraphQLError ? originOf(inner) : (inner ?? error);
}

function placeOf({ nodes, source, positions, path }: GraphQLError) {
  return {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
  };
}

/** Suggestions would spell out the schema to who may not read it. */
function withoutSuggestion(message: string): string {
  return message.replace(/\s*Did you mean .*$/s, '');
}
