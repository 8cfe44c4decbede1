import { generatedBytes } from '../../core/mail/generated-bytes.ts';
import {
  base64Lines,
  encodeHeader,
  fileHeaders,
  mailAddress,
} from '../../core/mail/mime-writer.ts';
import { mix } from '../../core/random.ts';
import type { MessageContent } from './message-content.ts';
import type { MessageFile } from './message-record.ts';

/** An entity of MIME: its own header lines and its body. */
interface Entity {
  readonly headers: readonly string[];
  readonly body: string;
}

/** A message as RFC 5322 text: alternatives, in related with inline files, in mixed with the others. */
export function writeMime(content: MessageContent, owner: string, seed: number): Buffer {
  const inline = content.files.filter((file) => file.isInline);
  const attached = content.files.filter((file) => !file.isInline);
  const root = wrap(
    'mixed',
    wrap('related', bodyEntity(content), inline, seed),
    attached,
    seed + 7,
  );
  const lines = [...messageHeaders(content, owner, seed), 'MIME-Version: 1.0', ...root.headers];
  // Latin1 keeps bytes of any charset as they are; what is beyond it was encoded before.
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${root.body}`, 'latin1');
}

function messageHeaders(content: MessageContent, owner: string, seed: number): string[] {
  const date = new Date(content.date * 1000).toUTCString().replace('GMT', '+0000');
  const people = (list: MessageContent['to']) => list.map(mailAddress).join(',\r\n ');
  const parent = content.references.at(-1);
  const optional: [string, string | null | undefined][] = [
    ['From', content.from === null ? null : mailAddress(content.from)],
    ['To', people(content.to)],
    ['Cc', people(content.cc)],
    ['Bcc', people(content.bcc)],
    ['Subject', content.subject === null ? null : encodeHeader(content.subject)],
    ['Date', date],
    ['Message-ID', content.messageId],
    ['In-Reply-To', parent],
    ['References', content.references.join('\r\n ')],
  ];
  const id = mix(seed, 3).toString(16);
  return [
    `Delivered-To: ${owner}`,
    `Received: by 2002:a05:6a20:${id.slice(0, 4)} with SMTP id ${id};\r\n        ${date}`,
    `Received: from mx.sandbox.test (192.0.2.1)\r\n        by mx.google.com with ESMTPS id ${id};\r\n        ${date}`,
    ...optional.flatMap(([name, value]) =>
      value === null || value === undefined || value === '' ? [] : [`${name}: ${value}`],
    ),
    ...content.headers.map(({ name, value }) => `${name}: ${plainHeader(value)}`),
  ];
}

/** Folded values are left alone; only what no header may hold is encoded. */
function plainHeader(value: string): string {
  return Buffer.byteLength(value) === value.length ? value : encodeHeader(value);
}

function bodyEntity(content: MessageContent): Entity {
  const text = content.text();
  const html = content.html();
  const entities = [
    ...(text === null ? [] : [textEntity('plain', text, content.charset)]),
    ...(html === null ? [] : [textEntity('html', html, content.charset)]),
  ];
  const [only = textEntity('plain', '', 'utf-8')] = entities;
  return entities.length > 1 ? multipart('alternative', entities, '000000000000alt') : only;
}

function textEntity(subtype: string, text: string, charset: string): Entity {
  const declared = charset === 'x-broken' ? 'utf-8' : charset;
  const type = `Content-Type: text/${subtype}; charset="${declared}"`;
  if (charset === 'utf-8')
    return {
      headers: [type, 'Content-Transfer-Encoding: base64'],
      body: base64Lines(Buffer.from(text)),
    };
  return {
    headers: [type, 'Content-Transfer-Encoding: quoted-printable'],
    body: quotedPrintable(encodeText(text, charset)),
  };
}

/** Places of windows-1252 that latin1 does not have, as far as generated text needs them. */
const windows1252: Record<string, number> = {
  '€': 0x80,
  '‘': 0x91,
  '’': 0x92,
  '“': 0x93,
  '”': 0x94,
  '–': 0x96,
};

function encodeText(text: string, charset: string): Buffer {
  if (charset === 'x-unknown') return Buffer.from(text);
  const bytes = [...text].map((sign) => {
    const code = sign.codePointAt(0) ?? 0x3f;
    if (charset === 'windows-1252' && windows1252[sign] !== undefined) return windows1252[sign];
    return code < 256 ? code : 0x3f;
  });
  return Buffer.from(bytes);
}

function quotedPrintable(bytes: Uint8Array): string {
  let out = '';
  let column = 0;
  for (const [i, byte] of bytes.entries()) {
    if (byte === 0x0d && bytes[i + 1] === 0x0a) continue;
    if (byte === 0x0a) {
      out += '\r\n';
      column = 0;
      continue;
    }
    const endsLine = bytes[i + 1] === undefined || bytes[i + 1] === 0x0a || bytes[i + 1] === 0x0d;
    const plain = (byte > 0x20 && byte < 0x7f && byte !== 0x3d) || (byte === 0x20 && !endsLine);
    const sign = plain
      ? String.fromCharCode(byte)
      : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    if (column + sign.length > 75) {
      out += '=\r\n';
      column = 0;
    }
    out += sign;
    column += sign.length;
  }
  return out;
}

function wrap(
  subtype: string,
  entity: Entity,
  files: readonly MessageFile[],
  seed: number,
): Entity {
  if (files.length === 0) return entity;
  const parts = files.map((file, i) => fileEntity(file, mix(seed, i)));
  return multipart(subtype, [entity, ...parts], `000000000000${mix(seed, 9).toString(16)}`);
}

function fileEntity(file: MessageFile, number: number): Entity {
  const bytes =
    file.content === null ? generatedBytes(file.size, number) : Buffer.from(file.content, 'base64');
  const headers = fileHeaders(file);
  // RFC 2046 5.2.1: a message inside a message is never in base64.
  if (file.contentType === 'message/rfc822')
    return { headers: [headers], body: bytes.toString('latin1') };
  return { headers: [headers, 'Content-Transfer-Encoding: base64'], body: base64Lines(bytes) };
}

function multipart(subtype: string, parts: readonly Entity[], boundary: string): Entity {
  const written = parts.map(
    (part) => `--${boundary}\r\n${part.headers.join('\r\n')}\r\n\r\n${part.body}\r\n`,
  );
  return {
    headers: [`Content-Type: multipart/${subtype}; boundary="${boundary}"`],
    body: `${written.join('')}--${boundary}--\r\n`,
  };
}
