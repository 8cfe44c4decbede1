import { describe, expect, it } from 'vitest';
import { readBatch, writeBatch } from '../../../src/providers/google/batch-format.ts';

function batchAnswer(parts: string[], { newline = '\r\n', end = true, type = '' } = {}) {
  const text = `${parts.map((part) => `--B\n${part}\n`).join('')}${end ? '--B--\n' : ''}`;
  return {
    status: 200,
    headers: new Headers({ 'content-type': type || 'multipart/mixed; boundary=B' }),
    text: text.replaceAll('\n', newline),
  };
}

function part(number: number, status: string, body: string): string {
  return `Content-Type: application/http\nContent-ID: <response-item${number}>\n\nHTTP/1.1 ${status}\nContent-Type: application/json\nRetry-After: 4\n\n${body}\n`;
}

describe('a batch', () => {
  it('is written as one HTTP request per part', () => {
    const { contentType, body } = writeBatch(['/gmail/v1/a', '/gmail/v1/b?format=full']);
    const boundary = contentType.replace('multipart/mixed; boundary=', '');
    expect(body.split(`--${boundary}`)).toHaveLength(4);
    expect(body).toContain('Content-ID: <item1>\r\n\r\nGET /gmail/v1/b?format=full HTTP/1.1\r\n');
    expect(body.endsWith(`--${boundary}--\r\n`)).toBe(true);
  });

  it.each(['\n', '\r\n'])(
    'is read in the order of its calls, whatever came first (%j)',
    (newline) => {
      const body = '{\n  "a": "two\\n\\nlines"\n}';
      const answer = batchAnswer([part(2, '404 Not Found', '{}'), part(0, '200 OK', body)], {
        newline,
      });
      const [first, second, third] = readBatch(answer, 3);
      expect(first).toMatchObject({ status: 200 });
      expect(JSON.parse(first?.text ?? '')).toEqual({ a: 'two\n\nlines' });
      expect(first?.headers.get('retry-after')).toBe('4');
      expect(second).toBeNull();
      expect(third?.status).toBe(404);
    },
  );

  it('takes a quoted boundary', () => {
    const type = 'Multipart/Mixed; charset=utf-8; boundary="B"';
    expect(readBatch(batchAnswer([part(0, '200 OK', '{}')], { type }), 1)[0]?.status).toBe(200);
  });

  it.each([
    ['another type', batchAnswer([], { type: 'text/html' })],
    ['no boundary', batchAnswer([], { type: 'multipart/mixed' })],
    ['a text that breaks off', batchAnswer([part(0, '200 OK', '{}')], { end: false })],
    ['a part twice', batchAnswer([part(0, '200 OK', '{}'), part(0, '200 OK', '{}')])],
    ['a part nobody asked for', batchAnswer([part(7, '200 OK', '{}')])],
    ['a part without id', batchAnswer(['Content-Type: application/http\n\nHTTP/1.1 200 OK\n\n{}'])],
    ['a part without status', batchAnswer([part(0, 'OK', '{}')])],
    ['a part without an end of its headers', batchAnswer(['Content-ID: <response-item0>'])],
  ])('with %s is refused', (_, answer) => {
    expect(() => readBatch(answer, 1)).toThrow(
      expect.objectContaining({ failure: 'PROVIDER_PROTOCOL' }),
    );
  });
});
