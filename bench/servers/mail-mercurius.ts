import fastify from 'fastify';
import mercurius from 'mercurius';
import { ready } from './answer.ts';
import { mailboxesOfText, mailboxesText, messagesText, messageText, typeDefs } from './mail-sql.ts';
import { openPool, ScopedTransaction } from './scoped-transaction.ts';

interface Row {
  readonly id: string;
  readonly connectionId: string;
  readonly receivedAt: Date;
  readonly fromAddress: string;
  readonly fromName: string;
}
interface Context {
  readonly tx: ScopedTransaction;
}
interface Query<T> {
  readonly obj: T;
}

const pool = openPool();
const app = fastify();
await app.register(mercurius, {
  schema: typeDefs,
  jit: 1,
  context: (request) => ({ tx: new ScopedTransaction(pool, request.headers) }),
  resolvers: {
    Query: {
      mailboxes: (_: unknown, __: unknown, context: unknown) =>
        (context as Context).tx.rows('mailboxes', mailboxesText),
      message: async (_: unknown, { id }: { id: string }, context: unknown) =>
        (await (context as Context).tx.rows('message', messageText, [id]))[0],
    },
    Message: {
      receivedAt: (row: Row) => row.receivedAt.toISOString(),
      from: (row: Row) => ({ address: row.fromAddress, name: row.fromName }),
    },
  },
  loaders: {
    Mailbox: {
      async messages(queries: Query<Row>[], context: unknown) {
        const { tx } = context as Context;
        const ids = queries.map(({ obj }) => obj.id);
        const rows = await tx.rows<Row>('messages', messagesText, [ids, tx.organizationId]);
        const groups = Map.groupBy(rows, (row) => row.connectionId);
        return ids.map((id) => groups.get(id) ?? []);
      },
    },
    Message: {
      async connection(queries: Query<Row>[], context: unknown) {
        const ids = queries.map(({ obj }) => obj.connectionId);
        const rows = await (context as Context).tx.rows<Row>('boxes', mailboxesOfText, [
          [...new Set(ids)],
        ]);
        const boxes = new Map(rows.map((row) => [row.id, row]));
        return ids.map((id) => boxes.get(id));
      },
    },
  },
} as never);
app.graphql.addHook('onResolution', async (_execution, context) => {
  await (context as unknown as Context).tx.end();
});
await app.listen({ port: 0, host: '127.0.0.1' });
ready(app.addresses()[0]?.port ?? 0);
