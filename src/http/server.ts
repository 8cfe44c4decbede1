import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { errorText } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { AppEnvironment } from './app.ts';
import { createGraphiql, wantsGraphiql } from './graphiql.ts';
import type { GraphqlHttp } from './graphql-http.ts';
import { limits } from './limits.ts';
import { type RequestInfo, requestInfo } from './request-info.ts';
import { setSecurityHeaders } from './security-headers.ts';

export interface HttpServerOptions {
  readonly graphql: GraphqlHttp;
  /** Everything but GraphQL. */
  readonly app: Hono<AppEnvironment>;
  /** The address that people and providers use; known only once the server listens. */
  readonly publicUrl: () => string;
  readonly log: Logger;
  /** Told of every answer; `route` is a bounded set, for metrics. */
  readonly onAnswer?: (answer: HttpAnswer) => void;
}

export interface HttpAnswer {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

const graphqlPath = '/graphql';

/** The HTTP server, not yet listening: GraphQL straight to its handler, the rest to the app. */
export function createHttpServer(options: HttpServerOptions): Server {
  const { graphql, app, publicUrl, log } = options;
  const graphiql = createGraphiql();

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    info: RequestInfo,
  ): Promise<void> {
    if (Number(request.headers['content-length'] ?? 0) > limits.bodyBytes) {
      return tooLarge(response, info.requestId);
    }
    if (path !== graphqlPath) {
      const env = { info };
      return getRequestListener((fetched) => app.fetch(fetched, env))(request, response);
    }
    if (wantsGraphiql(request)) return graphiql(request, response);
    return graphql(request, response, info);
  }

  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      keepAliveTimeout: 65_000,
    },
    (request, response) => {
      const startedAt = performance.now();
      const info = requestInfo(request, log);
      const path = pathOf(request);
      response.setHeader('x-request-id', info.requestId);
      setSecurityHeaders(response, publicUrl());
      response.once('close', () => {
        const seconds = (performance.now() - startedAt) / 1000;
        const { method = '' } = request;
        const { statusCode: status } = response;
        options.onAnswer?.({ method, route: routeOf(path), status, seconds });
        info.log.info({ method, path, status, seconds }, 'answered');
      });
      answer(request, response, path, info).catch((error: unknown) => {
        info.log.error({ err: error }, `a request failed: ${errorText(error)}`);
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    },
  );
  return server;
}

/** The path without the query, which may hold secrets of an OAuth callback. */
function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

const routes = ['graphql', 'sync', 'health', 'metrics', 'oauth', 'webhooks', 'admin', 'dashboard'];

/** The first part of a known path; labels of metrics must not grow with what strangers ask for. */
function routeOf(path: string): string {
  const first = path.split('/')[1] ?? '';
  return routes.includes(first) ? `/${first}` : '/';
}

function tooLarge(response: ServerResponse, requestId: string): void {
  const message = `The body is larger than ${limits.bodyBytes} bytes. Send less at once.`;
  const extensions = { code: 'BAD_REQUEST', requestId, limit: limits.bodyBytes };
  response.writeHead(413, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify({ errors: [{ message, extensions }] }));
}
