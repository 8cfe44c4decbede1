import { Hono } from 'hono';
import { z } from 'zod';
import { parse } from '../../core/parse.ts';
import type { Google } from '../google.ts';

const subscriptionSchema = z.strictObject({
  name: z.string().regex(/^projects\/[^/]+\/subscriptions\/[^/]+$/),
  topic: z.string().regex(/^projects\/[^/]+\/topics\/[^/]+$/),
  endpoint: z.url(),
  audience: z.string().nullable().default(null),
  serviceAccount: z.string().default('gmail-push@sandbox.iam.gserviceaccount.com'),
});
const nameSchema = z.strictObject({ name: z.string() });
const releaseSchema = z.strictObject({
  order: z.enum(['published', 'reversed']).default('published'),
  messageId: z.string().nullable().default(null),
});

/** Push subscriptions and what is sent to them, under /_sandbox/google/pubsub. */
export function pubSubControl({ pubSub, watches }: Google): Hono {
  const app = new Hono();
  app.get('/watches', (c) => c.json({ watches: watches.list() }));
  app.get('/subscriptions', (c) => c.json({ subscriptions: pubSub.subscriptions() }));
  app.put('/subscriptions', async (c) => {
    const subscription = parse(subscriptionSchema, await c.req.json(), 'The subscription');
    pubSub.subscribe(subscription);
    return c.json(subscription);
  });
  app.post('/subscriptions/delete', async (c) => {
    const { name } = parse(nameSchema, await c.req.json(), 'The request');
    return c.json({ removed: pubSub.unsubscribe(name) ? 1 : 0 });
  });
  app.get('/pushes', (c) => c.json({ pushes: pubSub.pushes() }));
  app.post('/pushes/release', async (c) => {
    const { order, messageId } = parse(releaseSchema, await c.req.json(), 'The request');
    return c.json({ sent: pubSub.release(order, messageId) });
  });
  return app;
}
