import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config.ts';
import { LockstepError } from '../errors.ts';
import { createApp } from '../http/app.ts';
import { createGraphqlHttp } from '../http/graphql-http.ts';
import { healthRoutes } from '../http/health.ts';
import { landingRoutes } from '../http/landing.ts';
import { limits } from '../http/limits.ts';
import { createMetrics } from '../http/metrics.ts';
import { oauthCallback } from '../http/oauth-callback.ts';
import { createOperationGate } from '../http/operation-gate.ts';
import { createRateLimiter } from '../http/rate-limiter.ts';
import { restRoutes } from '../http/rest.ts';
import { createHttpServer } from '../http/server.ts';
import { createWebSockets, type WebSockets } from '../http/websocket.ts';
import { systemClock as clock } from '../lib/clock.ts';
import type { Logger } from '../log.ts';
import { createOpenContext } from '../resolvers/open-context.ts';
import type { Services } from '../resolvers/services.ts';
import { schema } from '../schema/index.ts';
import type { Access } from '../services/access.ts';
import { startInitialSync } from '../services/initial-sync/start.ts';
import type { Foundation } from './foundation.ts';
import { healthChecks, readiness } from './health-checks.ts';
import type { Shutdown } from './shutdown.ts';
import { workFigures } from './work-figures.ts';

export interface ApiParts {
  readonly config: Config;
  readonly log: Logger;
  readonly foundation: Foundation;
  readonly services: Services;
  readonly access: Access;
  readonly publicUrl: () => string;
  readonly shutdown: Shutdown;
}

async function createApi(parts: ApiParts): Promise<{ server: Server; sockets: WebSockets }> {
  const { config, log, foundation, services, access, publicUrl } = parts;
  const rateLimiter = createRateLimiter(config.limits.rateLimit, clock);
  // Strangers may read the schema where there are no strangers: on a developer's machine.
  const openIntrospection = !config.production;
  const gate = createOperationGate({ schema, limits, rateLimiter, openIntrospection });
  const openContext = createOpenContext(services);
  const sockets = createWebSockets({
    schema,
    gate,
    access,
    openContext,
    path: '/graphql',
    publicUrl,
    allowedOrigins: config.http.allowedOrigins,
    socketsPerUser: config.limits.socketsPerUser,
    log,
    clock,
  });
  const metrics = createMetrics({
    sockets: () => sockets.size,
    ...workFigures(foundation.companies),
  });
  const { allowedOrigins } = config.http;
  const server = createHttpServer({
    graphql: createGraphqlHttp({
      schema,
      gate,
      access,
      openContext,
      allowedOrigins,
      log,
      onOperation: metrics.onOperation,
    }),
    app: createApp([
      landingRoutes,
      (app) => app.get('/oauth/callback/:vendor', oauthCallback({ ...services, log })),
      restRoutes({
        access,
        rateLimiter,
        startInitialSync: (input) => startInitialSync(services.initialSync, input),
      }),
      healthRoutes({
        version: await version(),
        checks: healthChecks(config, foundation),
        readiness,
        log,
      }),
      ...(config.metrics ? [metrics.routes] : []),
    ]),
    publicUrl,
    log,
    onAnswer: metrics.onAnswer,
  });
  sockets.attach(server);
  return { server, sockets };
}

/** Builds the API and listens. @returns the address it listens on */
export async function startApi(parts: ApiParts & { readonly port: number }): Promise<string> {
  const { server, sockets } = await createApi(parts);
  const url = await listen(server, parts.port, parts.config.http.host);
  parts.shutdown.add('the API', async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    await sockets.close();
    // Keep-alive connections would hold the server open; answers under way get a moment.
    server.closeIdleConnections();
    const patience = setTimeout(() => server.closeAllConnections(), 3_000);
    await closed;
    clearTimeout(patience);
  });
  return url;
}

async function listen(server: Server, port: number, host: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'EADDRINUSE'
          ? new LockstepError(
              'CONFIGURATION',
              `Port ${port} of ${host} is taken by another program. Stop it, or set PORT (0 takes a free one).`,
              { cause },
            )
          : cause,
      );
    });
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
}

async function version(): Promise<string> {
  const manifest = new URL('../../package.json', import.meta.url);
  return JSON.parse(await readFile(manifest, 'utf8')).version;
}
