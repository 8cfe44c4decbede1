import { type ExecutionResult, GraphQLError } from 'graphql';
import { type ErrorCode, errorCodes, LockstepError } from '../errors.ts';
import { type ErrorEdge, httpStatusOf, maskedErrors } from './errors.ts';

/**
 * The answer to a GraphQL request: errors masked, and the HTTP status of a request that was refused
 * before its execution. What was executed answers 200, as GraphQL over HTTP wants it.
 */
export function answerOf(result: ExecutionResult, edge: ErrorEdge): ExecutionResult {
  if (!result.errors) return result;
  const errors = result.errors.flatMap((error) => maskedErrors(error, edge));
  const executed = 'data' in result && result.data !== undefined;
  return { ...result, errors: executed ? errors : errors.map(withStatus) };
}

/** The answer to a request that was refused. */
export function refusalAnswer(error: unknown, edge: ErrorEdge): ExecutionResult {
  return { errors: maskedErrors(error, edge).map(withStatus) };
}

/** A refusal with a status of its own, for faults that no error code stands for. */
export function refusal(error: LockstepError, status: number, headers = {}): GraphQLError {
  const { message, code, details } = error;
  return new GraphQLError(message, { extensions: { code, ...details, http: { status, headers } } });
}

/**
 * Faults of the document itself get 400 only where the client asks for the media type of the
 * specification (`spec`); with application/json older clients expect 200.
 */
function withStatus(error: GraphQLError): GraphQLError {
  if (error.extensions['http'] !== undefined) return error;
  const code = errorCodes.find((known) => known === error.extensions['code']);
  const http =
    code && error.originalError instanceof LockstepError
      ? { status: httpStatusOf(code), headers: headersOf(code, error) }
      : { spec: true, status: 400 };
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    originalError: error.originalError,
    extensions: { ...error.extensions, http },
  });
}

function headersOf(code: ErrorCode, { extensions }: GraphQLError): Record<string, string> {
  const { retryAfterSeconds } = extensions;
  return {
    ...(code === 'UNAUTHENTICATED' && { 'www-authenticate': 'Bearer' }),
    ...(typeof retryAfterSeconds === 'number' && { 'retry-after': String(retryAfterSeconds) }),
  };
}
