// The limit: one statement makes the answer's text, and it is passed through.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openCompanyDatabase } from '../../src/database/company.ts';
import { ready } from './answer.ts';
import { nestedJsonText, oneJsonText } from './mail-sql.ts';

const log = { warn: () => undefined };
const database = openCompanyDatabase({ name: 'b', url: process.argv[2] ?? '', poolSize: 8, log });
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { variables } = JSON.parse(Buffer.concat(chunks).toString());
  const organizationId = String(request.headers['x-organization-id']);
  const userId = String(request.headers['x-user-id']);
  const scope = { role: 'authenticated', userId, organizationId, standing: 'admin' } as const;
  const [row] = variables?.id
    ? await database.query<{ body: string }>(scope, oneJsonText, [variables.id])
    : await database.query<{ body: string }>(scope, nestedJsonText, [organizationId]);
  response.setHeader('content-type', 'application/json');
  response.end(row?.body);
});
server.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port));
