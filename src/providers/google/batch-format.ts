import { randomUUID } from 'node:crypto';
import { ProviderError } from '../errors.ts';
import type { Answer } from '../exchange.ts';

/** A request of many calls, as Google's batch endpoint takes it: one HTTP request per part. */
export interface BatchRequest {
  readonly contentType: string;
  readonly body: string;
}

/** @param paths what each call reads; its place in the list is its Content-ID */
export function writeBatch(paths: readonly string[]): BatchRequest {
  const boundary = `batch_${randomUUID()}`;
  const parts = paths.map((path, index) =>
    [
      `--${boundary}`,
      'Content-Type: application/http',
      `Content-ID: <item${index}>`,
      '',
      `GET ${path} HTTP/1.1`,
      '',
      '',
    ].join('\r\n'),
  );
  return {
    contentType: `multipart/mixed; boundary=${boundary}`,
    body: `${parts.join('\r\n')}\r\n--${boundary}--\r\n`,
  };
}

/**
 * The answers inside a batch's answer, in the order of the calls: they come in any order and are
 * matched by Content-ID. Null where one is missing. Lines may end in CRLF or LF.
 * @throws ProviderError PROVIDER_PROTOCOL
 */
export function readBatch(answer: Answer, count: number): (Answer | null)[] {
  const type = answer.headers.get('content-type') ?? '';
  const [, quoted, plain] = /\bboundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined || !/^multipart\/mixed\b/i.test(type)) {
    throw unusable(`is ${type.slice(0, 60) || 'nothing'}, not multipart/mixed`);
  }
  const answers: (Answer | null)[] = Array.from({ length: count }, () => null);
  const pieces = `\n${answer.text}`.split(`\n--${boundary}`);
  if (!pieces.at(-1)?.startsWith('--')) throw unusable('broke off');
  for (const piece of pieces.slice(1, -1)) {
    const { index, inner } = readPart(piece);
    if (index >= count || answers[index] !== null) {
      throw unusable('holds a part that was not asked for');
    }
    answers[index] = inner;
  }
  return answers;
}

function readPart(piece: string): { index: number; inner: Answer } {
  const outer = splitHead(piece.replace(/^[ \t]*\r?\n/, ''));
  const [, number] = /^<?response-item(\d+)>?$/.exec(outer.headers.get('content-id') ?? '') ?? [];
  if (number === undefined) throw unusable('holds a part without a known Content-ID');
  const newline = outer.rest.indexOf('\n');
  const [, status] = /^HTTP\/\d(?:\.\d)? (\d{3})\b/.exec(outer.rest.slice(0, newline)) ?? [];
  if (status === undefined) throw unusable('holds a part without a status');
  const { headers, rest } = splitHead(outer.rest.slice(newline + 1));
  return { index: Number(number), inner: { status: Number(status), headers, text: rest.trim() } };
}

/** Headers up to the first empty line, and what follows it. */
function splitHead(text: string): { headers: Headers; rest: string } {
  const end = /(?:^|\n)\r?\n/.exec(text);
  if (!end) throw unusable('holds a part without an end of its headers');
  const headers = new Headers();
  for (const line of text.slice(0, end.index).split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    if (/^[\w-]+$/.test(name)) headers.append(name, line.slice(colon + 1).trim());
  }
  return { headers, rest: text.slice(end.index + end[0].length) };
}

function unusable(what: string): ProviderError {
  return new ProviderError(
    'PROVIDER_PROTOCOL',
    `Gmail's batch answer ${what}; nothing of it was used.`,
  );
}
