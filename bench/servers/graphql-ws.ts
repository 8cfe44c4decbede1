// graphql-ws as its documentation sets it up, with Yoga's publish and subscribe.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub, createSchema } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { onPublish, progressOf, ready, typeDefs, within10Milliseconds } from './answer.ts';

const pubSub = createPubSub<{ progress: [ReturnType<typeof progressOf>] }>();
const schema = createSchema({
  typeDefs,
  resolvers: {
    Subscription: {
      syncProgress: {
        subscribe: () => pubSub.subscribe('progress'),
        resolve: (event: unknown) => event,
      },
    },
  },
});
const server = createServer();
useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }));
server.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port));
onPublish(async ({ count, together }) => {
  const publish = (number: number) => pubSub.publish('progress', progressOf(number));
  if (together) return within10Milliseconds(count, publish);
  for (let number = 0; number < count; number++) publish(number);
});
