import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { ready } from './answer.ts';

const pgl = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: process.argv[2] ?? '',
      schemas: ['public'],
      poolConfig: { max: 8 },
    } as never),
  ],
  schema: { defaultBehavior: '+list +connection' },
  grafserv: { watch: false, graphiql: false },
  grafast: {
    explain: false,
    context: ({ node }: { node?: { req: { headers: Record<string, string> } } }) => ({
      pgSettings: {
        role: 'authenticated',
        'app.current_user_id': node?.req.headers['x-user-id'],
        'app.current_organization_id': node?.req.headers['x-organization-id'],
        'app.current_standing': 'admin',
      },
    }),
  },
} as never);
if (process.argv[3] === 'print') {
  const { printSchema } = await import('graphql');
  process.stdout.write(printSchema(await pgl.getSchema()));
  process.exit();
}
const server = createServer();
await pgl.createServ(grafserv).addTo(server);
server.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port));
