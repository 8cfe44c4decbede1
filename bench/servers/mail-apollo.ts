import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import DataLoader from 'dataloader';
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

const pool = openPool();

function stateOf(tx: ScopedTransaction) {
  return {
    tx,
    messages: new DataLoader(async (ids: readonly string[]) => {
      const rows = await tx.rows<Row>('messages', messagesText, [ids, tx.organizationId]);
      const groups = Map.groupBy(rows, (row) => row.connectionId);
      return ids.map((id) => groups.get(id) ?? []);
    }),
    boxes: new DataLoader(async (ids: readonly string[]) => {
      const rows = await tx.rows<Row>('boxes', mailboxesOfText, [ids]);
      const boxes = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => boxes.get(id));
    }),
  };
}
interface Context {
  readonly state: ReturnType<typeof stateOf>;
}

const server = new ApolloServer<Context>({
  typeDefs,
  resolvers: {
    Query: {
      mailboxes: (_: unknown, __: unknown, { state }: Context) =>
        state.tx.rows('mailboxes', mailboxesText),
      message: async (_: unknown, { id }: { id: string }, { state }: Context) =>
        (await state.tx.rows('message', messageText, [id]))[0],
    },
    Mailbox: {
      messages: ({ id }: Row, _: unknown, { state }: Context) => state.messages.load(id),
    },
    Message: {
      receivedAt: (row: Row) => row.receivedAt.toISOString(),
      from: (row: Row) => ({ address: row.fromAddress, name: row.fromName }),
      connection: (row: Row, _: unknown, { state }: Context) => state.boxes.load(row.connectionId),
    },
  },
  plugins: [
    {
      requestDidStart: async () => ({
        willSendResponse: ({ contextValue }) => contextValue.state.tx.end(),
      }),
    },
  ],
});
const { url } = await startStandaloneServer(server, {
  listen: { port: 0, host: '127.0.0.1' },
  context: async ({ req }) => ({ state: stateOf(new ScopedTransaction(pool, req.headers)) }),
});
ready(Number(new URL(url).port));
