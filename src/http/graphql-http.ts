import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { createYoga, type GraphQLParams, type Plugin } from 'graphql-yoga';
import { LockstepError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { OpenContext } from '../resolvers/open-context.ts';
import type { Access } from '../services/access.ts';
import { authenticate, credentialsOf } from './authenticate.ts';
import { answerOf, refusal, refusalAnswer } from './graphql-answer.ts';
import { createExecution, type HttpResult } from './graphql-execution.ts';
import { operationRequest, unreadableBody } from './graphql-request.ts';
import { limits } from './limits.ts';
import type { OperationGate } from './operation-gate.ts';
import { refusedForm } from './request-form.ts';
import type { RequestInfo } from './request-info.ts';

export interface GraphqlHttpOptions {
  readonly schema: GraphQLSchema;
  readonly gate: OperationGate;
  readonly access: Access;
  readonly openContext: OpenContext;
  /** Origins of pages that may call from a browser, besides our own. */
  readonly allowedOrigins: readonly string[];
  readonly log: Logger;
  /** Told of every operation that was executed. */
  readonly onOperation?: (operation: ExecutedOperation) => void;
}

export interface ExecutedOperation {
  readonly type: string;
  readonly cost: number;
  readonly failed: boolean;
  readonly seconds: number;
}

/** What travels with one request through Yoga. */
interface RequestState extends Record<string, unknown> {
  readonly info: RequestInfo;
  readonly cookies: string[];
}

export type GraphqlHttp = (
  request: IncomingMessage,
  response: ServerResponse,
  info: RequestInfo,
) => Promise<void>;

/**
 * GraphQL over HTTP. Yoga keeps the protocol (bodies, media types, server-sent events); who calls,
 * what may run and how it is executed is ours, the same as on sockets.
 */
export function createGraphqlHttp(options: GraphqlHttpOptions): GraphqlHttp {
  const { schema, gate, access, openContext, allowedOrigins, log } = options;
  const execute = createExecution(schema, openContext);

  async function run(
    params: GraphQLParams,
    { method, headers }: Request,
    { info, cookies }: RequestState,
  ): Promise<HttpResult> {
    const startedAt = performance.now();
    try {
      const request = operationRequest(params);
      const member = await authenticate(access, credentialsOf(headers));
      const prepared = gate.prepare(request, { member, address: info.address });
      const type = prepared.operation.operation;
      if (type === 'mutation' && method !== 'POST') throw mutationByGet();
      const setCookie = (cookie: string) => void cookies.push(cookie);
      const result = await execute({ prepared, request, member, info, setCookie });
      options.onOperation?.({
        type,
        cost: prepared.cost,
        failed: 'errors' in result && result.errors !== undefined,
        seconds: (performance.now() - startedAt) / 1000,
      });
      return result;
    } catch (error) {
      return refusalAnswer(error, info);
    }
  }

  const ours: Plugin<Record<string, never>, RequestState> = {
    onRequestParse({ request, requestParser, setRequestParser }) {
      const refused = refusedForm(request.method, request.headers);
      if (refused) throw refusal(refused.error, refused.status);
      if (!requestParser) return;
      setRequestParser(async (body) => {
        try {
          const params = await requestParser(body);
          operationRequest(params);
          return params;
        } catch (error) {
          throw unreadableBody(error);
        }
      });
    },
    onParams({ context, setParamsHandler, request }) {
      setParamsHandler(({ params }) => run(params, request, context));
    },
    onResultProcess({ result, setResult, serverContext }) {
      // Our own handler's answers pass unchanged; what Yoga refuses by itself gets its form here.
      if (!(Symbol.asyncIterator in result) && !Array.isArray(result)) {
        setResult(answerOf(result, serverContext.info));
      }
    },
    onResponse({ response, serverContext }) {
      for (const cookie of serverContext?.cookies ?? []) {
        response.headers.append('set-cookie', cookie);
      }
    },
  };

  const yoga = createYoga<RequestState>({
    schema,
    plugins: [ours],
    graphqlEndpoint: '/graphql',
    graphiql: false,
    landingPage: false,
    batching: false,
    maskedErrors: false,
    parserAndValidationCache: false,
    maxRequestBodySize: limits.bodyBytes,
    cors: allowedOrigins.length > 0 ? { origin: [...allowedOrigins], maxAge: 600 } : false,
    logging: {
      debug: () => undefined,
      info: (...parts) => log.info(parts.map(String).join(' ')),
      warn: (...parts) => log.warn(parts.map(String).join(' ')),
      error: (...parts) => log.error({ err: parts[0] }, 'GraphQL transport error'),
    },
  });
  return async (request, response, info) => {
    await yoga.handle(request, response, { info, cookies: [] });
  };
}

function mutationByGet() {
  const error = new LockstepError('BAD_REQUEST', 'Mutations are possible by POST only.');
  return refusal(error, 405, { allow: 'POST' });
}
