import { describe, expect, it } from 'vitest';
import { leftOutTexts, readMessage } from '../../../src/providers/google/message.ts';
import { ItemFault } from '../../../src/providers/item-fault.ts';

const base64url = (text: string, encoding: BufferEncoding = 'utf8') =>
  Buffer.from(text, encoding).toString('base64url');

const setting = {
  addresses: ['ana@acme.test'],
  labels: new Map([['Label_1', 'Projects/Atlas']]),
  texts: new Map<string, string>(),
};

const header = (name: string, value: string) => ({ name, value });

function leaf(partId: string, mimeType: string, data: string, extra = {}) {
  return { partId, mimeType, filename: '', headers: [], body: { size: 9, data }, ...extra };
}

function item(payload: unknown, extra = {}) {
  return {
    id: '18c1',
    threadId: '18c0',
    labelIds: ['INBOX', 'UNREAD', 'Label_1'],
    snippet: 'Tom &amp; Jerry &lt;x&gt; &#39;&quot;&amp;lt;',
    historyId: '90071',
    internalDate: '1767571200123',
    sizeEstimate: 2048,
    payload,
    ...extra,
  };
}

const read = (payload: unknown, extra = {}) => readMessage(item(payload, extra), setting);

describe('a Gmail message', () => {
  it('is read with its people, texts, labels and attachments', () => {
    const payload = {
      partId: '',
      mimeType: 'multipart/mixed',
      filename: '',
      headers: [
        header('FROM', '=?utf-8?Q?Zo=C3=AB?= <Zoe@elsewhere.test>'),
        header('To', 'Ana <ana@acme.test>, "B, b" <b@x.test>'),
        header('to', 'Team: c@x.test, D <d@x.test>;'),
        header('Message-Id', ' <m1@elsewhere.test>'),
        header('Subject', 'Gr\r\n =?ISO-8859-1?Q?=FC=DFe?='),
        header('Date', 'Mon, 5 Jan 2026 01:00:00 +0100 (CET)'),
      ],
      body: { size: 0 },
      parts: [
        {
          partId: '0',
          mimeType: 'multipart/related',
          parts: [
            {
              partId: '0.0',
              mimeType: 'multipart/alternative',
              parts: [
                leaf('0.0.0', 'text/plain', base64url('a\r\nb')),
                leaf('0.0.1', 'text/html', base64url('<p>a')),
              ],
            },
            {
              partId: '0.1',
              mimeType: 'image/png',
              filename: 'logo.png',
              headers: [header('Content-ID', '<logo>')],
              body: { attachmentId: 'x1', size: 70 },
            },
          ],
        },
        {
          partId: '1',
          mimeType: 'application/pdf',
          filename: 'a.pdf',
          headers: [header('Content-Disposition', 'attachment; filename="a.pdf"')],
          body: { attachmentId: 'x2', size: 1234 },
        },
        {
          partId: '2',
          mimeType: 'message/rfc822',
          filename: '',
          headers: [],
          body: { size: 500 },
          parts: [leaf('2.0', 'text/plain', base64url('inner'))],
        },
      ],
    };
    expect(read(payload)).toEqual({
      id: '18c1',
      internetMessageId: '<m1@elsewhere.test>',
      threadId: '18c0',
      folderId: 'all',
      labels: ['INBOX', 'Projects/Atlas', 'UNREAD'],
      direction: 'inbound',
      from: { name: 'Zoë', address: 'Zoe@elsewhere.test' },
      to: [
        { name: 'Ana', address: 'ana@acme.test' },
        { name: 'B, b', address: 'b@x.test' },
        { name: null, address: 'c@x.test' },
        { name: 'D', address: 'd@x.test' },
      ],
      cc: [],
      bcc: [],
      subject: 'Gr üße',
      snippet: `Tom & Jerry <x> '"&lt;`,
      sentAt: new Date('2026-01-05T00:00:00Z'),
      receivedAt: new Date(1767571200123),
      bodyText: 'a\nb',
      bodyHtml: '<p>a',
      isRead: false,
      hasAttachments: true,
      attachments: [
        {
          id: '0.1',
          kind: 'file',
          name: 'logo.png',
          contentType: 'image/png',
          sizeBytes: 70,
          isInline: true,
        },
        {
          id: '1',
          kind: 'file',
          name: 'a.pdf',
          contentType: 'application/pdf',
          sizeBytes: 1234,
          isInline: false,
        },
        {
          id: '2',
          kind: 'item',
          name: null,
          contentType: 'message/rfc822',
          sizeBytes: 500,
          isInline: false,
        },
      ],
      sizeBytes: 2048,
      changeKey: '90071',
      notes: [],
    });
  });

  it.each([
    [['SENT'], 'b@x.test', 'outbound', 'all'],
    [['INBOX'], 'ANA@acme.test', 'outbound', 'all'],
    [['INBOX', 'SENT'], 'b@x.test', 'outbound', 'all'],
    [['INBOX'], 'b@x.test', 'inbound', 'all'],
    [['INBOX', 'TRASH'], 'b@x.test', 'inbound', 'TRASH'],
    [['SPAM'], 'b@x.test', 'inbound', 'SPAM'],
    [['DRAFT'], 'ana@acme.test', 'outbound', 'DRAFT'],
  ])('with labels %j from %s is %s in %s', (labelIds, from, direction, folderId) => {
    const payload = leaf('', 'text/plain', '', { headers: [header('From', from)] });
    expect(read(payload, { labelIds })).toMatchObject({ direction, folderId });
  });

  it('without headers, body, labels or people is still a message', () => {
    const bare = { id: '1', internalDate: '0', payload: { mimeType: 'text/plain' } };
    expect(readMessage(bare, setting)).toMatchObject({
      internetMessageId: null,
      threadId: null,
      from: null,
      to: [],
      subject: null,
      snippet: null,
      sentAt: null,
      bodyText: null,
      bodyHtml: null,
      isRead: true,
      hasAttachments: false,
      labels: [],
      sizeBytes: null,
      changeKey: null,
    });
  });

  it.each([
    ['UTF-8 whatever it says', 'iso-8859-1', Buffer.from('Grüße'), 'Grüße', 0],
    ['the sender’s bytes', 'iso-8859-1', Buffer.from('Gr\xfc\xdfe', 'latin1'), 'Grüße', 0],
    ['ASCII that is none', 'us-ascii', Buffer.from('\x80 5', 'latin1'), '€ 5', 0],
    ['ISO-2022-JP', 'iso-2022-jp', Buffer.from('\x1b$B$3\x1b(B', 'latin1'), 'こ', 0],
    ['UTF-16', 'utf-16le', Buffer.from('hi', 'utf16le'), 'hi', 0],
    ['an unknown charset', 'x-none', Buffer.from('a\xff', 'latin1'), 'a\uFFFD', 1],
    ['a broken one', 'utf-8', Buffer.from('a\xff', 'latin1'), 'a\uFFFD', 1],
  ])('reads a text in %s', (_, charset, bytes, text, notes) => {
    const headers = [header('Content-Type', `text/plain; format=flowed; charset="${charset}"`)];
    const message = read(leaf('', 'text/plain', bytes.toString('base64url'), { headers }));
    expect(message.bodyText).toBe(text);
    expect(message.notes).toHaveLength(notes);
  });

  it('names text parts that have to be fetched, and says when one is left out', () => {
    const payload = {
      partId: '',
      mimeType: 'text/html',
      body: { attachmentId: 'x9', size: 9_000_000 },
    };
    expect(leftOutTexts(item(payload))).toEqual([
      { partId: '', attachmentId: 'x9', size: 9_000_000 },
    ]);
    expect(read(payload)).toMatchObject({
      bodyHtml: null,
      attachments: [],
      notes: ['text/html: cut to 0 of 9000000 bytes'],
    });
    const texts = new Map([['', base64url('<p>')]]);
    expect(readMessage(item(payload), { ...setting, texts }).bodyHtml).toBe('<p>');
  });

  it('cuts what is too long, replaces what cannot be stored, and notes both', () => {
    const headers = [
      header('Subject', `a\0${'x'.repeat(5_000_000)}`),
      header('To', 'a@b.test, '.repeat(500_000)),
      header('Date', 'yesterday'),
    ];
    const started = performance.now();
    const message = read(leaf('', 'text/plain', base64url('x'.repeat(3_000_000)), { headers }));
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(message.subject?.length).toBeLessThan(2_100);
    expect(message.bodyText?.length).toBeLessThan(2_000_100);
    expect(message.to).toHaveLength(20_000);
    expect(message.sentAt).toBeNull();
    expect(message.notes).toEqual([
      'to: cut to 200000 characters',
      'subject: NUL characters replaced',
      'subject: cut to 2000 characters',
      'date: not a date',
      'text/plain: cut to 2000000 characters',
    ]);
  });

  it.each([
    ['internalDate is missing', { internalDate: null }],
    ['internalDate is not a time in milliseconds', { internalDate: 'soon' }],
    ['internalDate is not a time in milliseconds', { internalDate: 7 }],
    ['internalDate is not a time in milliseconds', { internalDate: '999999999999999999' }],
    ['id is missing', { id: undefined }],
    ['labelIds is not a list of texts', { labelIds: [1] }],
    ['snippet is object, expected a text', { snippet: {} }],
    ['sizeEstimate is string, expected a count', { sizeEstimate: '7' }],
    ['payload is null, expected an object', { payload: null }],
    ['payload.headers is object, expected a list', { payload: { headers: {} } }],
    [
      'payload.headers[0].value is number, expected a text',
      { payload: { headers: [{ value: 1 }] } },
    ],
    ['payload.parts[0].body is a list, expected an object', { payload: { parts: [{ body: [] }] } }],
  ])('is set aside: %s', (reason, extra) => {
    expect(() => read({ mimeType: 'text/plain' }, extra)).toThrow(new ItemFault(reason));
  });
});
