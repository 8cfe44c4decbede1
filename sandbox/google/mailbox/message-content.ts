import { envelope, type Person } from '../../core/mail/correspondents.ts';
import { generatedSubject, generatedText, textToHtml } from '../../core/mail/text.ts';
import { fileNames, fileTypes } from '../../core/mail/words.ts';
import { mix, pick } from '../../core/random.ts';
import type { Mailbox } from './mailbox.ts';
import type { MessageFile, MessageRecord } from './message-record.ts';

/** Everything a message's MIME is written from. Bodies are made when they are asked for. */
export interface MessageContent {
  readonly from: Person | null;
  readonly to: readonly Person[];
  readonly cc: readonly Person[];
  readonly bcc: readonly Person[];
  readonly subject: string | null;
  /** Seconds since 1970. */
  readonly date: number;
  readonly messageId: string | null;
  readonly references: readonly string[];
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** As the Content-Type says; "x-broken" says utf-8 and sends latin1. */
  readonly charset: string;
  readonly files: readonly MessageFile[];
  text(): string | null;
  html(): string | null;
}

/** A Message-ID of a generated message. */
function messageIdOf(mailbox: Mailbox, thread: number, position: number): string {
  const half = (salt: number) => mix(mix(mailbox.seed, thread), position * 8 + salt).toString(36);
  return `<CA${half(1)}${half(2)}=${half(3)}@mail.gmail.com>`;
}

/** The content of a message that was not delivered as raw text. */
export function contentOf(mailbox: Mailbox, owner: Person, record: MessageRecord): MessageContent {
  const written = record.edits?.written ?? {};
  const isHand = record.edits?.written !== undefined;
  const hash = mix(record.seed, 41) % 1000;
  const people = envelope(mailbox, owner, record, record.outbound);
  // Odd messages are rare, but every few hundred have one of each kind.
  const odd = (from: number, count: number) => !isHand && hash >= from && hash < from + count;
  const earlier = Array.from({ length: record.position }, (_, i) =>
    messageIdOf(mailbox, record.thread, i),
  );
  const body = generatedBody(record, hash, isHand, odd(0, 10));
  return {
    from: written.from === undefined ? people.from : written.from,
    to: written.to ?? people.to,
    cc: written.cc ?? people.cc,
    bcc: written.bcc ?? [],
    subject:
      written.subject === undefined ? generatedSubject(mailbox, record, 'Re') : written.subject,
    date: Math.floor(record.at / 1000) - (record.outbound ? 0 : 1 + (record.seed % 30)),
    messageId:
      written.messageId === undefined
        ? odd(10, 7)
          ? null
          : messageIdOf(mailbox, record.thread, record.position)
        : written.messageId,
    references: written.inReplyTo === undefined ? earlier : [written.inReplyTo],
    headers: written.headers ?? (odd(17, 5) ? [bigHeader(record)] : []),
    charset: written.charset ?? charsetOf(hash),
    files: written.files ?? (isHand ? [] : generatedFiles(record)),
    text: () => (written.text === undefined ? body.text() : written.text),
    html: () => (written.html === undefined ? body.html() : written.html),
  };
}

function generatedBody(record: MessageRecord, hash: number, isHand: boolean, isEmpty: boolean) {
  const plainOnly = isHand || hash % 5 === 0;
  const htmlOnly = !isHand && hash % 13 === 1;
  return {
    text: () => (isEmpty || htmlOnly ? null : generatedText(record)),
    html: () => (isEmpty || (plainOnly && !htmlOnly) ? null : textToHtml(generatedText(record))),
  };
}

function charsetOf(hash: number): string {
  if (hash >= 22 && hash < 40) return 'iso-8859-1';
  if (hash >= 40 && hash < 50) return 'windows-1252';
  if (hash >= 50 && hash < 54) return 'x-broken';
  if (hash >= 54 && hash < 56) return 'x-unknown';
  return 'utf-8';
}

function bigHeader(record: MessageRecord): { name: string; value: string } {
  const lines = Array.from({ length: 300 }, (_, i) => mix(record.seed, i).toString(16).repeat(8));
  return { name: 'X-Sandbox-Trace', value: lines.join('\r\n ') };
}

/** Files on about 15 % of the messages: documents, inline pictures, now and then a forwarded message. */
function generatedFiles(record: MessageRecord): MessageFile[] {
  const hash = mix(record.seed, 31);
  if (record.labels.includes('DRAFT') || hash % 100 >= 15) return [];
  return Array.from({ length: 1 + (mix(hash, 1) % 3) }, (_, i) =>
    generatedFile(mix(hash, 50 + i), i),
  );
}

function generatedFile(hash: number, position: number): MessageFile {
  const size = 400 + (mix(hash, 3) % 60_000);
  if (position > 0 && hash % 8 === 0) {
    const inner = `From: sender@fabrikam.test\r\nSubject: Forwarded ${hash}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${generatedText({ seed: hash })}`;
    return {
      name: 'forwarded.eml',
      contentType: 'message/rfc822',
      isInline: false,
      contentId: null,
      content: Buffer.from(inner).toString('base64'),
      size: inner.length,
    };
  }
  const isInline = hash % 6 === 2;
  const file = isInline ? { extension: 'png', type: 'image/png' } : pick(fileTypes, mix(hash, 4));
  return {
    name: `${pick(fileNames, mix(hash, 5))} ${position + 1}.${file.extension}`,
    contentType: file.type,
    isInline,
    contentId: isInline ? `ii_${position}@mail.gmail.com` : null,
    content: null,
    size,
  };
}
