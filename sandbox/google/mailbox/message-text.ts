import type { Person } from '../../core/mail/correspondents.ts';
import { htmlToText } from '../../core/mail/text.ts';
import { decodeText, decodeWords } from './header-text.ts';
import type { Mailbox } from './mailbox.ts';
import { contentOf } from './message-content.ts';
import type { MessageRecord } from './message-record.ts';
import { headerOf, type MimePart, parseMime } from './parse-mime.ts';
import { writeMime } from './write-mime.ts';

/** A mailbox with the person it belongs to. */
export interface View {
  readonly mailbox: Mailbox;
  readonly owner: Person;
}

/** A message as it was delivered. */
export function rawOf(view: View, record: MessageRecord): Buffer {
  const raw = record.edits?.raw;
  if (raw !== undefined) return Buffer.from(raw, 'base64');
  const content = contentOf(view.mailbox, view.owner, record);
  return writeMime(content, view.owner.address, record.seed);
}

/** What a search looks at. */
export interface SearchText {
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  readonly bcc: string;
  readonly subject: string;
  readonly messageId: string;
  readonly files: readonly string[];
  body(): string;
}

/** The same without writing the message out, where that can be avoided. */
export function searchText(view: View, record: MessageRecord): SearchText {
  if (record.edits?.raw !== undefined) return searchTextOf(parseMime(rawOf(view, record)));
  const content = contentOf(view.mailbox, view.owner, record);
  const people = (list: readonly Person[]) =>
    list.map((one) => `${one.name} <${one.address}>`).join(', ');
  return {
    from: content.from === null ? '' : people([content.from]),
    to: people(content.to),
    cc: people(content.cc),
    bcc: people(content.bcc),
    subject: content.subject ?? '',
    messageId: content.messageId ?? '',
    files: content.files.filter((file) => !file.isInline).map((file) => file.name),
    body: () => content.text() ?? htmlToText(content.html() ?? ''),
  };
}

function searchTextOf(root: MimePart): SearchText {
  const header = (name: string) => decodeWords(headerOf(root, name) ?? '');
  const files = (part: MimePart): string[] =>
    part.filename !== '' && (part.isAttachment || !part.mimeType.startsWith('image/'))
      ? [part.filename]
      : part.parts.flatMap(files);
  return {
    from: header('from'),
    to: header('to'),
    cc: header('cc'),
    bcc: header('bcc'),
    subject: header('subject'),
    messageId: header('message-id'),
    files: files(root),
    body: () => bodyText(root),
  };
}

/** The text a reader sees first. */
export function bodyText(root: MimePart): string {
  const find = (part: MimePart, type: string): MimePart | null => {
    if (part.mimeType === type && !part.isAttachment) return part;
    if (part.mimeType === 'message/rfc822') return null;
    for (const child of part.parts) {
      const found = find(child, type);
      if (found !== null) return found;
    }
    return null;
  };
  const plain = find(root, 'text/plain');
  const chosen = plain ?? find(root, 'text/html');
  if (chosen === null) return '';
  const text = decodeText(chosen.body, chosen.charset) ?? chosen.body.toString('utf8');
  return chosen === plain ? text : htmlToText(text);
}
