import {
  createSourceEventStream,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
} from 'graphql';
import type { OpenContext } from '../resolvers/open-context.ts';
import type { Member } from '../services/access-member.ts';
import { maskedErrors, maskedResult } from './errors.ts';
import type { OperationRequest, PreparedOperation } from './operation-gate.ts';
import type { RequestInfo } from './request-info.ts';

/** An admitted operation of one HTTP request. */
export interface HttpOperation {
  readonly prepared: PreparedOperation;
  readonly request: OperationRequest;
  readonly member: Member | null;
  readonly info: RequestInfo;
  readonly setCookie: (cookie: string) => void;
}

/** One result, or for a subscription one for each event. */
export type HttpResult = ExecutionResult | AsyncIterableIterator<ExecutionResult>;

/** Executes admitted operations; every execution has a context of its own, given back at its end. */
export function createExecution(schema: GraphQLSchema, openContext: OpenContext) {
  function argsOf({ prepared, request }: HttpOperation) {
    return {
      schema,
      document: prepared.document,
      operationName: request.operationName,
      variableValues: request.variables,
    };
  }

  async function once(operation: HttpOperation, rootValue?: unknown): Promise<ExecutionResult> {
    const context = openContext(operation);
    try {
      const args = { ...argsOf(operation), rootValue, contextValue: context.value };
      return maskedResult(await execute(args), operation.info);
    } finally {
      context.release();
    }
  }

  async function many(operation: HttpOperation): Promise<HttpResult> {
    const context = openContext(operation);
    let events: AsyncIterable<unknown> | ExecutionResult;
    try {
      events = await createSourceEventStream({
        ...argsOf(operation),
        contextValue: context.value,
      });
    } finally {
      context.release();
    }
    if (!(Symbol.asyncIterator in events)) return maskedResult(events, operation.info);
    return resultsOf(events[Symbol.asyncIterator](), {
      execute: (event) => once(operation, event),
      failed: (error) => ({ errors: maskedErrors(error, operation.info) }),
    });
  }

  return (operation: HttpOperation): Promise<HttpResult> =>
    operation.prepared.operation.operation === 'subscription' ? many(operation) : once(operation);
}

interface EventHandling {
  execute(event: unknown): Promise<ExecutionResult>;
  failed(error: unknown): ExecutionResult;
}

/**
 * Not an async generator: `return` of one waits for a pending `next`, so that a client who leaves
 * between two events would keep its subscription until the next event. A stream that fails (the
 * token expired, the membership ended) says so in a last result.
 */
function resultsOf(
  events: AsyncIterator<unknown>,
  { execute, failed }: EventHandling,
): AsyncIterableIterator<ExecutionResult> {
  let ended = false;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (ended) return { done: true, value: undefined };
      try {
        const { done, value } = await events.next();
        if (!done) return { done: false, value: await execute(value) };
        ended = true;
        return { done: true, value: undefined };
      } catch (error) {
        ended = true;
        return { done: false, value: failed(error) };
      }
    },
    async return() {
      ended = true;
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
}
