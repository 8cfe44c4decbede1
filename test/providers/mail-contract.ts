import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  MailFolder,
  MailMessage,
  MailProvider,
  MailWindow,
  MalformedItem,
} from '../../src/providers/contract.ts';

/** A message as a test adds it, in the words of the sandboxes. */
export interface AddedMessage {
  readonly subject?: string;
  readonly receivedAt?: string;
  readonly body?: { readonly contentType: 'text' | 'html'; readonly content: string };
  readonly from?: { readonly name: string; readonly address: string };
  readonly to?: { name: string; address: string }[];
  readonly attachments?: { kind: 'file' | 'item' | 'reference'; name: string; size: number }[];
  readonly poison?: 'nul-subject' | 'lone-surrogate' | 'wrong-types' | 'bad-date' | 'null-date';
}

/** One vendor's sandbox with a mailbox in it; differences between vendors are named here. */
export interface MailWorld {
  readonly address: string;
  readonly capabilities: {
    /** Gmail's mail lies in one folder, whatever labels it carries. */
    readonly folders: 'tree' | 'one';
    readonly movesKeepIds: boolean;
    readonly attachmentKinds: boolean;
  };
  readonly folderNames: { readonly inbox: string; readonly sent: string; readonly nested: string };
  /** Where a message goes that leaves the inbox's folder. */
  readonly awayFrom: string;
  /** Names of folders that must not be listed, though they exist. */
  readonly leftOut: readonly string[];
  /** Holds some of the mailbox's messages and not others. */
  readonly window: MailWindow;
  open(): MailProvider;
  /** The truth, from the sandbox itself. */
  messagesIn(path: string): Promise<{ id: string; receivedAt: Date }[]>;
  add(path: string, message: AddedMessage): Promise<string>;
  move(id: string, path: string): Promise<void>;
  close(): Promise<void>;
}

/** All pages of a listing. */
export async function readAll(
  provider: MailProvider,
  folderId: string,
  window: MailWindow,
  pageSize = 20,
): Promise<{ messages: MailMessage[]; malformed: MalformedItem[]; pages: number }> {
  const messages: MailMessage[] = [];
  const malformed: MalformedItem[] = [];
  let pages = 0;
  for (let cursor: string | null = null, more = true; more; ) {
    const page = await provider.pageMessages({ folderId, window, cursor, pageSize });
    messages.push(...page.messages);
    malformed.push(...page.malformed);
    pages += 1;
    cursor = page.next;
    more = cursor !== null;
  }
  return { messages, malformed, pages };
}

/** What every mail provider must do, whoever the vendor is. */
export function describeMailContract(vendor: string, start: () => Promise<MailWorld>): void {
  describe(`the mail contract: ${vendor}`, () => {
    let world: MailWorld;
    let provider: MailProvider;
    const folderAt = async (path: string): Promise<MailFolder> => {
      const found = (await provider.listFolders()).find((one) => one.path === path);
      if (!found) throw new Error(`no folder ${path}`);
      return found;
    };
    const inWindow = ({ receivedAt }: { receivedAt: Date }) =>
      receivedAt >= world.window.from && (!world.window.to || receivedAt < world.window.to);

    beforeAll(async () => {
      world = await start();
      provider = world.open();
    });
    afterAll(() => world.close());

    it('knows whose mailbox it is', async () => {
      const identity = await provider.identity();
      expect(identity.email).toBe(world.address);
      expect(identity.subject).not.toBe('');
      expect(identity.addresses).toContain(world.address);
    });

    it('lists every folder at any depth, without the ones left out', async () => {
      const folders = await provider.listFolders();
      const paths = folders.map(({ path }) => path);
      expect(paths).toContain(world.folderNames.inbox);
      expect(paths).toContain(world.folderNames.sent);
      expect(paths).toContain(world.folderNames.nested);
      expect(paths.filter((path) => world.leftOut.includes(path))).toEqual([]);
      expect(new Set(folders.map(({ id }) => id)).size).toBe(folders.length);
      const inboxes = folders.flatMap((one) => (one.wellKnown === 'inbox' ? [one.path] : []));
      expect(inboxes).toEqual(
        world.capabilities.folders === 'tree' ? [world.folderNames.inbox] : [],
      );
    });

    it('counts, pages and lists exactly the messages of the window', async () => {
      for (const path of Object.values(world.folderNames)) {
        const { id: folderId } = await folderAt(path);
        const truth = (await world.messagesIn(path)).filter(inWindow).map(({ id }) => id);
        expect(truth.length).toBeGreaterThan(0);
        expect(await provider.countMessages(folderId, world.window)).toBe(truth.length);
        const { messages, malformed } = await readAll(provider, folderId, world.window);
        expect(malformed).toEqual([]);
        expect(messages.map(({ id }) => id).toSorted()).toEqual(truth.toSorted());
        const listed = await provider.listMessageIds({
          folderId,
          window: world.window,
          cursor: null,
        });
        expect(listed).toMatchObject({ next: null, withoutId: 0 });
        expect([...listed.ids].toSorted()).toEqual(truth.toSorted());
      }
    });

    it('pages newest first, in pages of the size asked for', async () => {
      const { id: folderId } = await folderAt(world.folderNames.inbox);
      const { messages, pages } = await readAll(provider, folderId, world.window, 10);
      expect(pages).toBe(Math.ceil(messages.length / 10));
      const times = messages.map(({ receivedAt }) => receivedAt.getTime());
      expect(times).toEqual(times.toSorted((a, b) => b - a));
    });

    it('takes the lower bound in and leaves the upper bound out', async () => {
      const at = '2026-02-03T04:05:06Z';
      const added = await world.add(world.folderNames.nested, { receivedAt: at, subject: 'edge' });
      const { id: folderId } = await folderAt(world.folderNames.nested);
      const edge = new Date(at);
      const second = (seconds: number) => new Date(edge.getTime() + seconds * 1000);
      const count = (from: Date, to: Date | null) => provider.countMessages(folderId, { from, to });
      expect(await count(edge, second(1))).toBe(1);
      expect(await count(second(-1), edge)).toBe(0);
      expect(await count(second(1), null)).toBeLessThan(await count(edge, null));
      const page = await provider.pageMessages({
        folderId,
        window: { from: edge, to: second(1) },
        cursor: null,
      });
      expect(page.messages.map(({ id }) => id)).toEqual([added]);
    });

    it('gives one message as the page gives it', async () => {
      const { id: folderId } = await folderAt(world.folderNames.sent);
      const { messages } = await readAll(provider, folderId, world.window, 5);
      const outbound = messages.filter(({ direction }) => direction === 'outbound');
      const [first] = outbound;
      if (!first) throw new Error('no message');
      expect(await provider.getMessage(first.id)).toEqual(first);
      expect(outbound.length === messages.length).toBe(world.capabilities.folders === 'tree');
      expect(first.folderId).toBe(folderId);
    });

    it('keeps people, texts and attachments as they were written', async () => {
      const id = await world.add(world.folderNames.inbox, {
        subject: 'Grüße 👋🏽 and <b>tags</b>',
        from: { name: 'Zoë', address: 'zoe@elsewhere.test' },
        to: [{ name: 'Ana', address: world.address }],
        body: { contentType: 'text', content: 'line one\nline two' },
        attachments: [
          { kind: 'file', name: 'report.pdf', size: 12_345 },
          { kind: 'item', name: 'An older mail', size: 700 },
        ],
      });
      const message = await provider.getMessage(id);
      expect(message).toMatchObject({
        id,
        subject: 'Grüße 👋🏽 and <b>tags</b>',
        direction: 'inbound',
        from: { name: 'Zoë', address: 'zoe@elsewhere.test' },
        to: [{ name: 'Ana', address: world.address }],
        hasAttachments: true,
        notes: [],
      });
      // Graph hands every body out as HTML unless asked otherwise.
      expect(message.bodyText ?? message.bodyHtml).toMatch(/line one(\n|<br>)line two/);
      const attachments = message.attachments.map(({ kind, name }) => [kind, name]);
      expect(attachments).toEqual(
        world.capabilities.attachmentKinds
          ? [
              ['file', 'report.pdf'],
              ['item', 'An older mail'],
            ]
          : [
              ['unknown', 'report.pdf'],
              ['unknown', 'An older mail'],
            ],
      );
    });

    it('keeps a message’s id when it moves', async () => {
      if (!world.capabilities.movesKeepIds) return;
      const id = await world.add(world.folderNames.inbox, { subject: 'moves' });
      await world.move(id, world.folderNames.nested);
      const { id: folderId } = await folderAt(world.folderNames.nested);
      expect(await provider.getMessage(id)).toMatchObject({ id, folderId, subject: 'moves' });
    });

    it('cleans what a database refuses, and sets aside what cannot be stored', async () => {
      const at = (second: number) => `2026-03-04T05:06:0${second}Z`;
      const path = world.folderNames.nested;
      await world.add(path, { receivedAt: at(0), poison: 'nul-subject' });
      await world.add(path, { receivedAt: at(1), poison: 'lone-surrogate' });
      const broken = [
        await world.add(path, { receivedAt: at(2), poison: 'wrong-types' }),
        await world.add(path, { receivedAt: at(3), poison: 'bad-date' }),
        await world.add(path, { receivedAt: at(4), poison: 'null-date' }),
      ];
      const good = await world.add(path, { receivedAt: at(5), subject: 'good' });
      const { id: folderId } = await folderAt(path);
      const window = { from: new Date(at(0)), to: new Date(at(9)) };
      const { messages, malformed } = await readAll(provider, folderId, window);
      expect(messages.map(({ subject }) => subject)).toEqual([
        'good',
        'Lone \uFFFD surrogate',
        'Nul \uFFFD inside',
      ]);
      expect(messages.slice(1).every(({ notes }) => notes.length > 0)).toBe(true);
      expect(messages[0]?.id).toBe(good);
      expect(malformed.map(({ id }) => id).toSorted()).toEqual(broken.toSorted());
      expect(malformed.map(({ reason }) => reason).join(' ')).toMatch(/receivedDateTime|date/i);
      for (const id of broken) {
        await expect(provider.getMessage(id)).rejects.toMatchObject({ failure: 'ITEM_INVALID' });
      }
    });

    it('reports from a watermark exactly what came and went after it', async () => {
      const { id } = await folderAt(world.folderNames.inbox);
      const before = new Date();
      const leaves = await world.add(world.folderNames.inbox, { subject: 'leaves' });
      const watermark = await provider.takeWatermark(id);
      expect(watermark.takenAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
      expect(await provider.changesSince(watermark.value)).toMatchObject({
        changed: [],
        removed: [],
        next: null,
      });
      const comes = await world.add(world.folderNames.inbox, { subject: 'comes' });
      await world.move(leaves, world.awayFrom);
      const page = await provider.changesSince(watermark.value);
      expect(page).toMatchObject({ changed: [comes], removed: [leaves], next: null });
      expect(page.watermark).not.toBe(watermark.value);
    });

    it('says when a message or folder does not exist', async () => {
      const window = world.window;
      const cause = { failure: 'NOT_FOUND' };
      await expect(provider.getMessage('AAMkADoesNotExist=')).rejects.toMatchObject(cause);
      await expect(provider.countMessages('AAMkADoesNotExist=', window)).rejects.toMatchObject(
        cause,
      );
    });
  });
}
