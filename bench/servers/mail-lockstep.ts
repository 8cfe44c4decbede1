// Our API as it is served: token, membership, limits, cost, cached document, Pothos, Prisma, policies.
import type { AddressInfo } from 'node:net';
import { openCompanyDatabase } from '../../src/database/company.ts';
import { createApp } from '../../src/http/app.ts';
import { createGraphqlHttp } from '../../src/http/graphql-http.ts';
import { limits } from '../../src/http/limits.ts';
import { createOperationGate } from '../../src/http/operation-gate.ts';
import { createRateLimiter } from '../../src/http/rate-limiter.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/log.ts';
import { createOpenContext } from '../../src/resolvers/open-context.ts';
import type { Services } from '../../src/resolvers/services.ts';
import { schema } from '../../src/schema/index.ts';
import { createAccess } from '../../src/services/access.ts';
import { createSecretVerifier } from '../../src/services/tokens/secret-verifier.ts';
import { ready } from './answer.ts';
import { tokenFacts } from './token.ts';

const log = createLog({ level: 'silent', format: 'json', destination: { write: () => undefined } });
const database = openCompanyDatabase({ name: 'b', url: process.argv[2] ?? '', poolSize: 8, log });
const companies = { of: async () => database, all: async () => [database], close: async () => {} };
const access = createAccess({
  databases: companies,
  verifier: createSecretVerifier(tokenFacts.secret, tokenFacts, systemClock),
  companyId: null,
});
const rateLimiter = createRateLimiter('off', systemClock);
const gate = createOperationGate({ schema, limits, rateLimiter, openIntrospection: false });
const server = createHttpServer({
  graphql: createGraphqlHttp({
    schema,
    gate,
    access,
    openContext: createOpenContext({ companies } as unknown as Services),
    allowedOrigins: [],
    log,
  }),
  app: createApp([]),
  publicUrl: () => 'http://127.0.0.1',
  log,
  onAnswer: () => undefined,
});
server.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port));
