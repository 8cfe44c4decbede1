import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/server.ts';
import { emptySeed, gmailOf, type Message, type Part, user } from './support/gmail.ts';

const text = (part: Part | undefined) => Buffer.from(part?.body.data ?? '', 'base64url').toString();
const header = (part: Part | undefined, name: string) =>
  part?.headers.find((one) => one.name.toLowerCase() === name)?.value;
const leaves = (part: Part): Part[] => [part, ...(part.parts ?? []).flatMap(leaves)];

describe('messages as MIME', () => {
  let sandbox: Sandbox;
  let gmail: Awaited<ReturnType<typeof gmailOf>>;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(async () => {
    await sandbox.control.reset();
    gmail = await gmailOf(sandbox);
  });
  afterAll(() => sandbox.close());

  const deliver = async (raw: string | Buffer): Promise<Message> => {
    const mailbox = sandbox.control.google.mailbox(user);
    const [ids] = await mailbox.deliver([{ raw: Buffer.from(raw).toString('base64') }]);
    return gmail.message(ids?.id ?? '');
  };

  it('gives raw text back byte by byte', async () => {
    const raw = Buffer.from([...Buffer.from('Subject: x\r\n\r\n'), 0, 255, 128, 13, 10, 200]);
    const { id } = await deliver(raw);
    const message = await gmail.message(id, '?format=raw');
    expect(Buffer.from(message.raw ?? '', 'base64url').equals(raw)).toBe(true);
    expect(message.sizeEstimate).toBe(raw.length);
    expect(message).not.toHaveProperty('payload');
  });

  it('reads nested multiparts, inline pictures, files and messages inside messages', async () => {
    const message = await deliver(
      [
        'From: "B" <b@x.test>',
        'Received: one',
        'received: two',
        'Content-Type: multipart/mixed; boundary="mix ed"',
        '',
        'A preamble nobody reads',
        '--mix ed',
        'Content-Type: multipart/related; boundary=rel',
        '',
        '--rel',
        'Content-Type: multipart/alternative; boundary=alt',
        '',
        '--alt',
        '',
        'plain',
        '--alt',
        'Content-Type: text/html',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        '<p>h=C3=A9=',
        'llo</p>',
        '--alt--',
        '--rel',
        'Content-Type: image/png; name=a.png',
        'Content-ID: <pic>',
        'Content-Disposition: inline',
        'Content-Transfer-Encoding: base64',
        '',
        'iVBORw0KGgo=',
        '--rel--',
        '--mix ed',
        'Content-Type: message/rfc822; name="inner.eml"',
        '',
        'Subject: Inside',
        '',
        'inner text',
        '--mix ed',
        "Content-Disposition: attachment; filename*0*=utf-8''%C3%9C; filename*1=.txt",
        '',
        'file',
        '--mix ed--',
        'An epilogue',
      ].join('\r\n'),
    );
    const all = leaves(message.payload as Part);
    expect(all.map(({ partId, mimeType, filename }) => [partId, mimeType, filename])).toEqual([
      ['', 'multipart/mixed', ''],
      ['0', 'multipart/related', ''],
      ['0.0', 'multipart/alternative', ''],
      ['0.0.0', 'text/plain', ''],
      ['0.0.1', 'text/html', ''],
      ['0.1', 'image/png', 'a.png'],
      ['1', 'message/rfc822', 'inner.eml'],
      ['1.0', 'text/plain', ''],
      ['2', 'text/plain', 'Ü.txt'],
    ]);
    expect(text(all[3])).toBe('plain');
    expect(text(all[4])).toBe('<p>héllo</p>');
    expect(header(all[7], 'subject')).toBe('Inside');
    expect(text(all[7])).toBe('inner text');
    expect(all[5]?.body).toEqual({ attachmentId: expect.any(String), size: 8 });
    expect(all[8]?.body).toEqual({ attachmentId: expect.any(String), size: 4 });
    const names = message.payload?.headers.map((one) => one.name);
    expect(names?.filter((name) => name.toLowerCase() === 'received')).toEqual([
      'Received',
      'received',
    ]);
    expect(message.snippet).toBe('plain');
  });

  it('changes attachment ids at each reading; all of them work', async () => {
    const raw = 'Content-Type: application/pdf; name=a.pdf\n\nbytes';
    const first = await deliver(raw);
    const second = await gmail.message(first.id);
    const ids = [first, second].map((message) => message.payload?.body.attachmentId ?? '');
    expect(new Set(ids).size).toBe(2);
    for (const id of ids)
      expect(await gmail.get(`/messages/${first.id}/attachments/${id}`)).toEqual({
        size: 5,
        data: Buffer.from('bytes').toString('base64url'),
      });
    const other = await deliver(raw);
    const wrong = await gmail.refused(`/messages/${other.id}/attachments/${ids[0]}`);
    expect(wrong.body.error).toMatchObject({ code: 400, message: 'Invalid attachment token' });
  });

  it('converts charsets to UTF-8, or leaves the bytes, as set', async () => {
    const latin = Buffer.from('Content-Type: text/plain; charset=iso-8859-15\n\n10 \xa4', 'latin1');
    const { id, payload } = await deliver(latin);
    expect(text(payload)).toBe('10 €');
    expect(header(payload, 'content-type')).toContain('iso-8859-15');
    await sandbox.control.google.changeSettings({ bodyCharset: 'original' });
    expect((await gmail.message(id)).payload?.body.data).toBe(
      Buffer.from('10 \xa4', 'latin1').toString('base64url'),
    );
    const japanese = Buffer.from('\x1b$B$3$s\x1b(B', 'latin1');
    const head = Buffer.from('Content-Type: text/plain; charset=iso-2022-jp\n\n');
    await sandbox.control.google.changeSettings({ bodyCharset: 'utf-8' });
    expect(text((await deliver(Buffer.concat([head, japanese]))).payload)).toBe('こん');
    const unknown = await deliver('Content-Type: text/plain; charset=x-martian\n\nas it is');
    expect(text(unknown.payload)).toBe('as it is');
  });

  it('decodes and unfolds headers, or leaves their words, as set', async () => {
    const { id, payload } = await deliver(
      'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= =?iso-8859-1?B?5A==?=\r\n and more\r\nX-Long: a;\r\n\tb\r\n\r\n',
    );
    expect(header(payload, 'subject')).toBe('Grüßeä and more');
    expect(header(payload, 'x-long')).toBe('a;\tb');
    await sandbox.control.google.changeSettings({ headerWords: 'original' });
    expect(header((await gmail.message(id)).payload, 'subject')).toMatch(/^=\?utf-8\?q\?/);
  });

  it.each([
    ['nothing at all', ''],
    ['headers without an end', 'Subject: only'],
    ['no headers', '\r\nbody'],
    ['a boundary that never comes', 'Content-Type: multipart/mixed; boundary=x\n\nlost'],
    ['an end that never comes', 'Content-Type: multipart/mixed; boundary=x\n\n--x\n\nlost'],
    ['broken base64', 'Content-Transfer-Encoding: base64\n\n!!!!'],
    ['an encoding nobody knows', 'Content-Transfer-Encoding: x-rot13\n\nuryyb'],
  ])('takes %s as far as it goes', async (_what, raw) => {
    const message = await deliver(raw);
    expect(message.payload?.mimeType).toMatch(/^\w+\/\w+$/);
    expect(message.sizeEstimate).toBe(Buffer.byteLength(raw));
  });

  it('serves a header of 5 MB and a file of 25 MB', async () => {
    const mailbox = sandbox.control.google.mailbox(user);
    const [big] = await mailbox.deliver([
      {
        headers: [{ name: 'X-Big', value: 'x'.repeat(5_000_000) }],
        files: [{ name: 'big.bin', size: 25_000_000 }],
      },
    ]);
    const message = await gmail.message(big?.id ?? '');
    expect(header(message.payload, 'x-big')).toHaveLength(5_000_000);
    const file = leaves(message.payload as Part).find(({ filename }) => filename === 'big.bin');
    const answer = await gmail.get<{ size: number; data: string }>(
      `/messages/${message.id}/attachments/${file?.body.attachmentId}`,
    );
    expect(answer.size).toBe(25_000_000);
    expect(Buffer.from(answer.data, 'base64url')).toHaveLength(25_000_000);
  });

  it('escapes the snippet for HTML', async () => {
    expect((await deliver('\n\nTom & <Jerry>\'s "show"')).snippet).toBe(
      'Tom &amp; &lt;Jerry&gt;&#39;s &quot;show&quot;',
    );
  });

  it('writes messages by hand without what was left away', async () => {
    const mailbox = sandbox.control.google.mailbox(user);
    const [ids] = await mailbox.deliver([
      { from: null, to: [], subject: null, messageId: null, text: null, labels: [] },
    ]);
    const message = await gmail.message(ids?.id ?? '');
    for (const name of ['from', 'to', 'subject', 'message-id'])
      expect(header(message.payload, name)).toBeUndefined();
    expect(message.payload).toMatchObject({ mimeType: 'text/plain', body: { size: 0 } });
    expect(message).not.toHaveProperty('labelIds');
  });

  it('makes mail of every odd kind by itself', async () => {
    await sandbox.control.google.mailbox(user).generate({ count: 1500 });
    const { ids } = await gmail.list();
    const seen = new Set<string>();
    const messages: Message[] = [];
    for (let at = 0; at < ids.length; at += 50)
      messages.push(...(await Promise.all(ids.slice(at, at + 50).map((id) => gmail.message(id)))));
    for (const { payload } of messages) {
      const root = payload as Part;
      const parts = leaves(root);
      for (const { mimeType } of parts) seen.add(mimeType);
      if (header(root, 'message-id') === undefined) seen.add('no Message-ID');
      if (parts.every(({ body }) => body.size === 0)) seen.add('empty body');
      if (header(root, 'x-sandbox-trace') !== undefined) seen.add('big header');
      for (const part of parts) {
        const charset = /charset="([^"]+)"/.exec(header(part, 'content-type') ?? '')?.[1];
        if (charset !== undefined) seen.add(charset);
      }
    }
    const wanted =
      'multipart/alternative multipart/mixed multipart/related message/rfc822 application/pdf image/png iso-8859-1 windows-1252 x-unknown';
    expect([...seen]).toEqual(
      expect.arrayContaining([...wanted.split(' '), 'no Message-ID', 'empty body', 'big header']),
    );
  });
});
