import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { parse } from '../../core/parse.ts';
import { RequestError } from '../../core/request-error.ts';
import { findMessages } from '../gmail/find-messages.ts';
import type { Google } from '../google.ts';
import { generate } from '../mailbox/generate.ts';
import { messageId } from '../mailbox/ids.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { rawOf } from '../mailbox/message-text.ts';
import { deliver, messageSchema } from './message-input.ts';

const addSchema = z.strictObject({ messages: z.array(messageSchema).min(1).max(10_000) });
const generateSchema = z.strictObject({
  /** A label, or null for archived mail. */
  label: z.string().nullable().default('INBOX'),
  count: z.int().min(1).max(1_000_000),
  /** Window of arrival; by default the last year. */
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  seed: z.int().default(1),
  /** Whether history shows the messages as new. */
  history: z.boolean().default(true),
});
const relabelSchema = z.strictObject({
  add: z.array(z.string()).default([]),
  remove: z.array(z.string()).default([]),
});
const labelSchema = z.strictObject({ name: z.string().min(1) });

/** What a person would do in their mailbox, under /_sandbox/google/mailboxes/:user. */
export function mailboxControl(google: Google): Hono {
  const app = new Hono();
  const { clock, random } = google.core;
  const accountOf = (c: Context) => google.directory.requireAccount(c.req.param('user') ?? '');
  const mailboxOf = (c: Context): Mailbox => google.mailbox(accountOf(c));
  const recordOf = (c: Context) => mailboxOf(c).require(c.req.param('message') ?? '');
  const idsOf = (mailbox: Mailbox, n: number) => {
    const thread = mailbox.messages[n]?.thread ?? n;
    return { id: messageId(mailbox, n), threadId: messageId(mailbox, thread) };
  };

  app.get('/labels', (c) => c.json({ labels: [...mailboxOf(c).labels.user.values()] }));
  app.post('/labels', async (c) => {
    const { name } = parse(labelSchema, await c.req.json(), 'The label');
    return c.json(mailboxOf(c).labels.create(name), 201);
  });
  app.patch('/labels/:label', async (c) => {
    const { labels } = mailboxOf(c);
    const { name } = parse(labelSchema, await c.req.json(), 'The label');
    labels.rename(labels.require(c.req.param('label')), name);
    return c.body(null, 204);
  });
  app.post('/labels/:label/delete', (c) => {
    const mailbox = mailboxOf(c);
    mailbox.deleteLabel(mailbox.labels.require(c.req.param('label')), clock.now());
    return c.body(null, 204);
  });

  app.get('/messages', (c) => {
    const view = google.view(accountOf(c));
    const query = { q: c.req.query('q') ?? 'in:anywhere', labelIds: [], includeSpamTrash: true };
    const found = findMessages(query, { view, nowMs: clock.now(), afterBound: 'inclusive' });
    return c.json({
      messages: found.map(({ n, at, labels }) => ({
        ...idsOf(view.mailbox, n),
        labels,
        receivedAt: new Date(at).toISOString(),
      })),
    });
  });
  app.post('/messages', async (c) => {
    const mailbox = mailboxOf(c);
    const { messages } = parse(addSchema, await c.req.json(), 'The messages');
    const nowMs = clock.now();
    const numbers = deliver(mailbox, messages, {
      nowMs,
      journalMs: nowMs,
      seed: () => random.bits(),
    });
    return c.json({ messages: numbers.map((n) => idsOf(mailbox, n)) }, 201);
  });
  app.post('/generate', async (c) => {
    const mailbox = mailboxOf(c);
    const options = parse(generateSchema, await c.req.json(), 'The request');
    const to = options.to === undefined ? clock.now() : Date.parse(options.to);
    const from = options.from === undefined ? to - 365 * 86_400_000 : Date.parse(options.from);
    if (from > to) throw new RequestError('"from" lies after "to".');
    const label = options.label === null ? null : mailbox.labels.require(options.label);
    const { count, seed } = options;
    const nowMs = options.history ? clock.now() : null;
    generate(mailbox, { count, from, to, seed, nowMs, shares: [{ label, weight: 1 }] });
    return c.json({ count }, 201);
  });

  app.get('/messages/:message/raw', (c) =>
    c.body(new Uint8Array(rawOf(google.view(accountOf(c)), recordOf(c))), 200, {
      'content-type': 'message/rfc822',
    }),
  );
  app.post('/messages/:message/labels', async (c) => {
    const mailbox = mailboxOf(c);
    const { add, remove } = parse(relabelSchema, await c.req.json(), 'The change');
    const ids = (labels: readonly string[]) => labels.map((label) => mailbox.labels.require(label));
    mailbox.relabel(recordOf(c), { add: ids(add), remove: ids(remove) }, clock.now());
    return c.body(null, 204);
  });
  app.post('/messages/:message/trash', (c) => {
    mailboxOf(c).trash(recordOf(c), clock.now());
    return c.body(null, 204);
  });
  app.post('/messages/:message/untrash', (c) => {
    mailboxOf(c).untrash(recordOf(c), clock.now());
    return c.body(null, 204);
  });
  app.post('/messages/:message/delete', (c) => {
    mailboxOf(c).remove(recordOf(c), clock.now());
    return c.body(null, 204);
  });

  app.post('/history/kill', (c) => {
    const mailbox = mailboxOf(c);
    mailbox.killHistory();
    return c.json({ historyId: String(mailbox.historyId) });
  });
  return app;
}
