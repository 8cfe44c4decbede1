import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { parse } from '../../core/parse.ts';
import { RequestError } from '../../core/request-error.ts';
import { folderKind } from '../mailbox/folder.ts';
import { generate } from '../mailbox/generate.ts';
import { folderId, messageId } from '../mailbox/ids.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { type MessageRecord, messageFlags } from '../mailbox/message-record.ts';
import type { Microsoft } from '../microsoft.ts';
import { editsOf, folderByName, messageById, messageSchema } from './message-input.ts';

const addSchema = z.strictObject({
  folder: z.string().default('inbox'),
  messages: z.array(messageSchema).min(1).max(10_000),
});
const generateSchema = z.strictObject({
  folder: z.string().default('inbox'),
  count: z.int().min(1).max(1_000_000),
  /** Window of arrival; by default the last year. */
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  seed: z.int().default(1),
});
const moveSchema = z.strictObject({ folder: z.string() });
const deleteSchema = z.strictObject({ permanent: z.boolean().default(false) });
const newFolderSchema = z.strictObject({
  name: z.string().min(1),
  parent: z.string().default('msgfolderroot'),
  hidden: z.boolean().default(false),
  search: z.boolean().default(false),
});
const killSchema = z.strictObject({ folder: z.string().optional() });

/** What a person would do in their mailbox, under /_sandbox/microsoft/mailboxes/:user. */
export function mailboxControl(microsoft: Microsoft): Hono {
  const app = new Hono();
  const { clock, random } = microsoft.core;
  const mailboxOf = (c: Context): Mailbox =>
    microsoft.mailbox(microsoft.directory.requireAccount(c.req.param('user') ?? ''));
  const ids = (mailbox: Mailbox, record: MessageRecord) => ({
    id: messageId(mailbox, record, true),
    changingId: messageId(mailbox, record, false),
  });
  const recordOf = (c: Context, mailbox: Mailbox) =>
    messageById(mailbox, c.req.param('message') ?? '');

  app.get('/folders', (c) => {
    const mailbox = mailboxOf(c);
    const folders = [...mailbox.folders.values()].map((folder) => ({
      id: folderId(mailbox, folder.number),
      name: folder.name,
      parent: folder.parent === null ? null : folderId(mailbox, folder.parent),
      wellKnown: folder.wellKnown,
      hidden: folder.kind === 'hidden',
      search: folder.kind === 'search',
      total: folder.index.size,
      unread: folder.unread,
    }));
    return c.json({ folders });
  });
  app.post('/folders', async (c) => {
    const mailbox = mailboxOf(c);
    const { name, parent, ...wish } = parse(newFolderSchema, await c.req.json(), 'The folder');
    const folder = mailbox.createFolder(
      name,
      folderByName(mailbox, parent).number,
      folderKind(wish),
    );
    return c.json({ id: folderId(mailbox, folder.number) }, 201);
  });
  app.post('/folders/:folder/delete', (c) => {
    const mailbox = mailboxOf(c);
    mailbox.deleteFolder(folderByName(mailbox, c.req.param('folder')));
    return c.body(null, 204);
  });

  app.get('/messages', (c) => {
    const mailbox = mailboxOf(c);
    const records = folderByName(mailbox, c.req.query('folder') ?? 'inbox').index.records();
    return c.json({
      messages: records.map((record) => ({
        ...ids(mailbox, record),
        receivedAt: new Date(record.at * 1000).toISOString(),
      })),
    });
  });
  app.post('/messages', async (c) => {
    const mailbox = mailboxOf(c);
    const { folder: name, messages } = parse(addSchema, await c.req.json(), 'The messages');
    const folder = folderByName(mailbox, name);
    const outbound = folder.wellKnown === 'sentitems' || folder.wellKnown === 'drafts';
    const added = messages.map((message) => {
      mailbox.threads += 1;
      const isRead = message.isRead ?? outbound;
      const isDraft = message.isDraft ?? folder.wellKnown === 'drafts';
      const at =
        message.receivedAt === undefined
          ? clock.seconds()
          : Math.floor(Date.parse(message.receivedAt) / 1000);
      const flags =
        (isRead ? messageFlags.read : 0) |
        (isDraft ? messageFlags.draft : 0) |
        (outbound ? messageFlags.outbound : 0);
      const fields = {
        at,
        folder: folder.number,
        seed: random.bits(),
        thread: mailbox.threads,
        position: 0,
        flags,
        edits: editsOf(message),
      };
      return ids(mailbox, mailbox.add(fields, clock.seconds()));
    });
    return c.json({ messages: added }, 201);
  });
  app.post('/generate', async (c) => {
    const mailbox = mailboxOf(c);
    const options = parse(generateSchema, await c.req.json(), 'The request');
    const to =
      options.to === undefined ? clock.seconds() : Math.floor(Date.parse(options.to) / 1000);
    const from =
      options.from === undefined ? to - 365 * 86_400 : Math.floor(Date.parse(options.from) / 1000);
    if (from > to) throw new RequestError('"from" lies after "to".');
    const shares = [{ folder: folderByName(mailbox, options.folder), weight: 1 }];
    const made = generate(mailbox, {
      count: options.count,
      from,
      to,
      seed: options.seed,
      journal: true,
      shares,
    });
    return c.json({ count: options.count, ...made }, 201);
  });

  app.patch('/messages/:message', async (c) => {
    const mailbox = mailboxOf(c);
    const record = recordOf(c, mailbox);
    const input = parse(messageSchema, await c.req.json(), 'The change');
    const edits = editsOf(input);
    mailbox.edit(
      record,
      {
        ...(Object.keys(edits).length === 0 ? {} : { edits }),
        ...(input.receivedAt === undefined
          ? {}
          : { received: Math.floor(Date.parse(input.receivedAt) / 1000) }),
        ...(input.isRead === undefined ? {} : { read: input.isRead }),
      },
      clock.seconds(),
    );
    return c.json(ids(mailbox, record));
  });
  app.post('/messages/:message/move', async (c) => {
    const mailbox = mailboxOf(c);
    const record = recordOf(c, mailbox);
    const { folder } = parse(moveSchema, await c.req.json(), 'The request');
    mailbox.move(record, folderByName(mailbox, folder), clock.seconds());
    return c.json(ids(mailbox, record));
  });
  app.post('/messages/:message/delete', async (c) => {
    const mailbox = mailboxOf(c);
    const record = recordOf(c, mailbox);
    const { permanent } = parse(deleteSchema, await c.req.json(), 'The request');
    const bin = mailbox.wellKnown('deleteditems');
    if (permanent || record.folder === bin.number) mailbox.remove(record);
    else mailbox.move(record, bin, clock.seconds());
    return c.body(null, 204);
  });

  app.post('/delta-tokens/kill', async (c) => {
    const mailbox = mailboxOf(c);
    const { folder } = parse(killSchema, await c.req.json(), 'The request');
    const folders =
      folder === undefined ? [...mailbox.folders.values()] : [folderByName(mailbox, folder)];
    for (const one of folders) one.generation += 1;
    return c.json({ folders: folders.length });
  });
  return app;
}
