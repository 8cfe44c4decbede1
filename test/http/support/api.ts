import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import type { CompanyDatabases } from '../../../src/database/company-databases.ts';
import { createApp } from '../../../src/http/app.ts';
import { createGraphqlHttp } from '../../../src/http/graphql-http.ts';
import { healthRoutes } from '../../../src/http/health.ts';
import { landingRoutes } from '../../../src/http/landing.ts';
import { limits } from '../../../src/http/limits.ts';
import { createMetrics } from '../../../src/http/metrics.ts';
import { createOperationGate } from '../../../src/http/operation-gate.ts';
import { createRateLimiter } from '../../../src/http/rate-limiter.ts';
import { restRoutes } from '../../../src/http/rest.ts';
import { createHttpServer } from '../../../src/http/server.ts';
import { createWebSockets } from '../../../src/http/websocket.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLog } from '../../../src/log.ts';
import { createOpenContext } from '../../../src/resolvers/open-context.ts';
import type { Services } from '../../../src/resolvers/services.ts';
import { schema } from '../../../src/schema/index.ts';
import { createAccess } from '../../../src/services/access.ts';
import { createAccounts } from '../../../src/services/accounts/accounts.ts';
import { Vault } from '../../../src/services/accounts/vault.ts';
import { startInitialSync } from '../../../src/services/initial-sync/start.ts';
import { createLive } from '../../../src/services/live.ts';
import { overrideAdministration } from '../../../src/services/overrides/administration.ts';
import { runHandlers } from '../../../src/services/sync/run-handler.ts';
import { createSecretVerifier } from '../../../src/services/tokens/secret-verifier.ts';
import { openBoth } from '../../services/initial-sync/support/start-fixture.ts';
import { createDatabases, withOwner } from '../../support/database.ts';
import { seedTenants } from '../../support/tenants.ts';

const secret = 'a secret of tests, thirty-two bytes or more';
const expected = { issuer: 'https://issuer.test', audience: 'lockstep' };
const publicUrl = 'https://lockstep.example';

export interface ApiOptions {
  readonly rateLimit?: number | 'off';
  readonly openIntrospection?: boolean;
  readonly allowedOrigins?: readonly string[];
  readonly vendors?: Parameters<typeof createAccounts>[0]['vendors'];
}

/** A bearer token of that user, as a sign-in service would issue it; `changes` spoil it. */
export function tokenOf(user: { readonly id: string }, seconds = 3_600, changes = {}) {
  return new SignJWT({
    sub: user.id,
    iss: expected.issuer,
    aud: expected.audience,
    exp: Math.floor(Date.now() / 1000) + seconds,
    ...changes,
  })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret));
}

export interface GraphqlAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Record<string, unknown> | null | undefined;
  readonly errors: readonly {
    readonly message: string;
    readonly extensions: Record<string, unknown>;
  }[];
  readonly text: string;
}

/** The product's HTTP side on a real port, over real databases with Acme and Globex. */
export async function openApi(options: ApiOptions = {}) {
  const databases = await createDatabases();
  const tenants = await seedTenants(databases);
  const lines: string[] = [];
  const log = createLog({
    level: 'info',
    format: 'json',
    destination: { write: (line: string) => void lines.push(line) },
  });
  const both = openBoth(databases);
  const { master } = both;
  const calls: string[] = [];
  const companies = recordingCompanies(both.companies, calls);
  const access = createAccess({
    databases: companies,
    verifier: createSecretVerifier(secret, expected, systemClock),
    companyId: null,
  });
  const live = createLive({ databases: companies, access, log, clock: systemClock });
  const services: Services = {
    companies,
    master,
    live,
    accounts: createAccounts({
      databases: companies,
      vendors: options.vendors ?? {},
      vault: new Vault([{ id: 'test', key: Buffer.alloc(32, 7) }]),
      clock: systemClock,
      log,
      random: Math.random,
      publicUrl: () => publicUrl,
    }),
    initialSync: both.dependencies,
    overrides: overrideAdministration(master, systemClock),
    runHandlers: runHandlers([]),
  };
  const rateLimiter = createRateLimiter(options.rateLimit ?? 'off', systemClock);
  const gate = createOperationGate({
    schema,
    limits,
    rateLimiter,
    openIntrospection: options.openIntrospection ?? false,
  });
  const openContext = createOpenContext(services);
  const metrics = createMetrics({
    sockets: () => 0,
    runs: async () => [{ status: 'queued', count: 3 }],
    queues: async () => [{ queue: 'sync.run', waiting: 2 }],
  });
  const checks = { master: () => master.ping(), company: () => both.company.ping() };
  const server = createHttpServer({
    graphql: createGraphqlHttp({
      schema,
      gate,
      access,
      openContext,
      allowedOrigins: options.allowedOrigins ?? [],
      log,
      onOperation: metrics.onOperation,
    }),
    app: createApp([
      landingRoutes,
      restRoutes({
        access,
        rateLimiter,
        startInitialSync: (input) => startInitialSync(services.initialSync, input),
      }),
      healthRoutes({ version: '0.0.0', checks, readiness: ['company'], log }),
      metrics.routes,
    ]),
    publicUrl: () => publicUrl,
    log,
    onAnswer: metrics.onAnswer,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const sockets = createWebSockets({
    schema,
    gate,
    access,
    openContext,
    path: '/graphql',
    publicUrl: () => publicUrl,
    allowedOrigins: [],
    socketsPerUser: 10,
    log,
    clock: systemClock,
  });
  sockets.attach(server);
  const url = `http://127.0.0.1:${port}`;

  return {
    ...both,
    databases,
    tenants,
    lines,
    /** Every call to Prisma since the last `calls.length = 0`, e.g. `message.findMany`. */
    calls,
    companies,
    url,
    port,
    services,
    gate,
    openContext,
    live,

    /** Any request to the server. */
    fetch: (path: string, init: RequestInit = {}) => fetch(`${url}${path}`, init),

    /** A GraphQL operation of that member; null: without a token. */
    async graphql(
      user: { readonly id: string } | null,
      query: string,
      variables: Record<string, unknown> = {},
      headers: Record<string, string> = {},
    ): Promise<GraphqlAnswer> {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(user && { authorization: `Bearer ${await tokenOf(user)}` }),
          ...headers,
        },
        body: JSON.stringify({ query, variables }),
      });
      const text = await response.text();
      const { data, errors = [] } = JSON.parse(text);
      return { status: response.status, headers: response.headers, data, errors, text };
    },

    /** SQL of an operator, whom row policies do not restrict. */
    rows: <R extends object>(text: string, values: unknown[] = []): Promise<R[]> =>
      withOwner(databases.companyUrl, async (client) => (await client.query<R>(text, values)).rows),

    async close() {
      await sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await live.close();
      await both.close();
      await databases.drop();
    },
  };
}

/** The same databases, whose borrowed clients write down what is asked of them. */
function recordingCompanies(companies: CompanyDatabases, calls: string[]): CompanyDatabases {
  return {
    ...companies,
    async of(organizationId) {
      const database = await companies.of(organizationId);
      return {
        ...database,
        async borrow(scope) {
          const scoped = await database.borrow(scope);
          return { prisma: recording(scoped.prisma, '', calls), release: () => scoped.release() };
        },
      };
    },
  };
}

function recording<T extends object>(target: T, path: string, calls: string[]): T {
  return new Proxy(target, {
    get(owner, property) {
      const found: unknown = Reflect.get(owner, property);
      const name = `${path}${String(property)}`;
      if (typeof found === 'function') {
        return (...parameters: unknown[]) => {
          calls.push(name);
          return Reflect.apply(found, owner, parameters);
        };
      }
      return typeof found === 'object' && found ? recording(found, `${name}.`, calls) : found;
    },
  });
}

export type Api = Awaited<ReturnType<typeof openApi>>;
