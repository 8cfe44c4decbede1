import fastify from 'fastify';
import mercurius from 'mercurius';
import { onPublish, progressOf, ready, typeDefs } from './answer.ts';

const app = fastify();
await app.register(mercurius, {
  schema: typeDefs,
  resolvers: {
    Subscription: {
      syncProgress: {
        subscribe: async (
          _root: unknown,
          _args: unknown,
          { pubsub }: { pubsub: { subscribe(topic: string): Promise<AsyncIterable<unknown>> } },
        ) => pubsub.subscribe('progress'),
      },
    },
  },
  subscription: true,
  jit: 1,
});
await app.listen({ port: 0, host: '127.0.0.1' });
ready(app.addresses()[0]?.port ?? 0);
onPublish(async ({ count }) => {
  for (let number = 0; number < count; number++) {
    app.graphql.pubsub.publish({
      topic: 'progress',
      payload: { syncProgress: progressOf(number) },
    });
  }
});
