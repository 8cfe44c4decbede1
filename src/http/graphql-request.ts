import { GraphQLError } from 'graphql';
import { LockstepError } from '../errors.ts';
import type { OperationRequest } from './operation-gate.ts';

/** The request in a parsed body or query string. @throws LockstepError BAD_REQUEST naming the fault */
export function operationRequest(params: unknown): OperationRequest {
  if (Array.isArray(params)) {
    throw bad('Batching is off: send one operation at a time, as an object.', 'body');
  }
  if (!isRecord(params)) {
    throw bad('Send a JSON object with a "query" string.', 'body');
  }
  const { query, variables, operationName } = params;
  if (typeof query !== 'string' || query.trim() === '') {
    throw bad('Send JSON with a "query" string that holds a GraphQL document.', 'query');
  }
  if (variables !== undefined && variables !== null && !isRecord(variables)) {
    throw bad('"variables" must be an object, or left out.', 'variables');
  }
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    throw bad('"operationName" must be a string, or left out.', 'operationName');
  }
  return { query, variables: variables ?? null, operationName: operationName || null };
}

/** What a parser of the body raised, without quoting the body. */
export function unreadableBody(error: unknown): unknown {
  const notJson =
    error instanceof SyntaxError ||
    (error instanceof GraphQLError && /invalid JSON|expected to be object/.test(error.message));
  return notJson
    ? bad(
        'The body or a parameter is not valid JSON. Send a JSON object with a "query" string.',
        'body',
      )
    : error;
}

function bad(message: string, field: string): LockstepError {
  return new LockstepError('BAD_REQUEST', message, { field });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
