import { randomUUID } from 'node:crypto';
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLSchema,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { LockstepError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Access } from '../services/access.ts';
import type { Member } from '../services/access-member.ts';
import { LiveStream } from '../services/live/live-stream.ts';
import { StreamGroups } from '../services/live/stream-groups.ts';
import { authenticate } from './authenticate.ts';
import { maskedErrors, maskedResult } from './errors.ts';
import { selectsPlainValues } from './live-selection.ts';
import type { NextFrames } from './next-frames.ts';
import type { OperationGate, PreparedOperation } from './operation-gate.ts';
import type { RequestInfo } from './request-info.ts';
import type { WebSocketConnection } from './websocket-connection.ts';
import { type ResultIterator, type ResultSource, resultIterator } from './websocket-results.ts';
import { sharedResults } from './websocket-shared.ts';

/** A context for one execution; `release` gives back what it borrowed. */
export interface OpenedContext {
  readonly value: unknown;
  release(): void;
}

export interface OperationsOptions {
  readonly schema: GraphQLSchema;
  readonly gate: OperationGate;
  readonly access: Access;
  readonly openContext: (caller: {
    readonly member: Member | null;
    readonly prepared: PreparedOperation;
    readonly info: RequestInfo;
  }) => OpenedContext;
}

/** One operation of one socket, admitted. */
interface Operation extends ExecutionArgs {
  readonly connection: WebSocketConnection;
  readonly id: string;
  readonly payload: SubscribePayload;
  readonly prepared: PreparedOperation;
  readonly member: Member | null;
  readonly info: RequestInfo;
}

/** What ended an operation, as its client may see it. */
export class OperationFailed extends Error {
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super(errors[0]?.message ?? 'The operation failed.');
    this.errors = errors;
  }
}

/** Runs the operations of all sockets; each one's failure is its own. */
export function createOperations({ schema, gate, access, openContext }: OperationsOptions) {
  const streams = new StreamGroups<NextFrames>();

  /** Executes once per root value, under one context. */
  async function run(
    operation: Operation,
    rootValues: readonly unknown[],
  ): Promise<ExecutionResult[]> {
    const context = openContext(operation);
    try {
      const results: ExecutionResult[] = [];
      for (const rootValue of rootValues) {
        const args = { ...operation, rootValue, contextValue: context.value };
        results.push(maskedResult(await execute(args), operation.info));
      }
      return results;
    } finally {
      context.release();
    }
  }

  async function source(operation: Operation): Promise<AsyncIterable<unknown>> {
    const context = openContext(operation);
    try {
      const opened = await createSourceEventStream({ ...operation, contextValue: context.value });
      if (Symbol.asyncIterator in opened) return opened;
      throw new AggregateError(opened.errors ?? []);
    } finally {
      context.release();
    }
  }

  async function resultsOf(operation: Operation): Promise<ResultSource> {
    const events = await source(operation);
    const { connection, id, document, payload, prepared } = operation;
    const share = events instanceof LiveStream ? events.definition.share : null;
    if (
      share !== null &&
      events instanceof LiveStream &&
      selectsPlainValues(document, prepared.operation)
    ) {
      const { query, variables, operationName } = payload;
      const key = JSON.stringify([share, query, variables ?? null, operationName ?? null]);
      return sharedResults({
        connection,
        id,
        key,
        stream: events,
        streams,
        execute: (rows) => run(operation, rows),
      });
    }
    const iterator = events[Symbol.asyncIterator]();
    return {
      async next() {
        const { done, value } = await iterator.next();
        const [result] = done ? [] : await run(operation, [value]);
        return result ?? null;
      },
      stop: () => void iterator.return?.(),
    };
  }

  return {
    /** Admits an operation, with the caller's rights of this moment; otherwise the errors for its client. */
    async prepare(
      connection: WebSocketConnection,
      id: string,
      payload: SubscribePayload,
      socketInfo: RequestInfo,
    ): Promise<ExecutionArgs | readonly GraphQLError[]> {
      const info = infoOf(socketInfo);
      try {
        if (!connection.session) throw new LockstepError('UNAUTHENTICATED', 'Sign in first.');
        const member = await authenticate(access, connection.session.credentials);
        const prepared = gate.prepare(payload, { member, address: info.address });
        const operation: Operation = {
          schema,
          document: prepared.document,
          operationName: payload.operationName,
          variableValues: payload.variables,
          connection,
          id,
          payload,
          prepared,
          member,
          info,
        };
        return operation;
      } catch (error) {
        return maskedErrors(error, info);
      }
    },

    async execute(args: ExecutionArgs): Promise<ExecutionResult> {
      const [result] = await run(args as Operation, [undefined]);
      return result ?? {};
    },

    async subscribe(args: ExecutionArgs): Promise<ResultIterator> {
      const operation = args as Operation;
      const failed = (error: unknown) => new OperationFailed(maskedErrors(error, operation.info));
      try {
        const results = await resultsOf(operation);
        return resultIterator({
          next: () => results.next().catch((error: unknown) => Promise.reject(failed(error))),
          stop: () => results.stop(),
        });
      } catch (error) {
        const reason = failed(error);
        return resultIterator({ next: () => Promise.reject(reason), stop() {} });
      }
    },
  };
}

/** Every operation has a request id of its own. */
function infoOf({ address, log }: RequestInfo): RequestInfo & { readonly log: Logger } {
  const requestId = randomUUID();
  return { requestId, address, log: log.child({ requestId }) };
}
