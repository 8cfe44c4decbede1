import type { Context } from 'hono';
import type { SandboxEnv } from '../../core/call.ts';
import { authenticate } from '../authenticate.ts';
import type { Google } from '../google.ts';
import { badArgument, type GoogleError } from '../google-error.ts';
import { headerParameter } from '../mailbox/header-text.ts';
import { headerOf, type MimePart, parseMime } from '../mailbox/parse-mime.ts';
import { tooManyConcurrent } from './quota.ts';

const largestBatch = 100;

interface PartAnswer {
  readonly contentId: string | null;
  readonly status: number;
  readonly headers: readonly [string, string][];
  readonly body: string;
}

/** POST /batch: 200 whatever happens inside. */
export async function batch(
  c: Context<SandboxEnv>,
  google: Google,
  serve: (request: Request) => Promise<Response>,
): Promise<Response> {
  authenticate(google, c.req.header('authorization'));
  const type = c.req.header('content-type') ?? '';
  if (!type.startsWith('multipart/mixed') || headerParameter(type, 'boundary') === null)
    throw badArgument('Failed to parse batch request, error: Missing boundary.');
  const body = Buffer.from(await c.req.arrayBuffer());
  const { parts } = parseMime(Buffer.concat([Buffer.from(`Content-Type: ${type}\n\n`), body]));
  if (parts.length === 0)
    throw badArgument(
      'Failed to parse batch request, error: 0 items. Received batch body: (0) bytes',
    );
  if (parts.length > largestBatch)
    throw badArgument(`The batch contains ${parts.length} calls; the limit is ${largestBatch}.`);
  const { batchConcurrency, batchNewlines } = google.settings.current;
  const answers: PartAnswer[] = [];
  for (const [i, part] of parts.entries()) {
    const tooMany = batchConcurrency !== null && i >= batchConcurrency;
    answers.push(tooMany ? refused(part, tooManyConcurrent()) : await servePart(c, part, serve));
  }
  // Answers come in any order; reversed is the order that catches who relies on it.
  return write(answers.reverse(), batchNewlines === 'lf' ? '\n' : '\r\n', google);
}

function refused(part: MimePart, error: GoogleError): PartAnswer {
  return {
    contentId: headerOf(part, 'content-id'),
    status: error.status,
    headers: [['Content-Type', 'application/json; charset=UTF-8']],
    body: JSON.stringify(error.body()),
  };
}

async function servePart(
  c: Context<SandboxEnv>,
  part: MimePart,
  serve: (request: Request) => Promise<Response>,
): Promise<PartAnswer> {
  const [requestLine = '', ...rest] = part.body.toString('utf8').trimStart().split(/\r?\n/);
  const [, method, path] =
    /^(GET|POST|PUT|PATCH|DELETE) (\S+)(?: HTTP\/1\.[01])?\s*$/.exec(requestLine) ?? [];
  if (method === undefined || path === undefined || part.mimeType !== 'application/http')
    return refused(part, badArgument('Failed to parse a request of the batch.'));
  const url = new URL(path, c.req.url);
  if (!url.pathname.startsWith('/gmail/v1/'))
    return refused(part, badArgument('A batch holds calls of one API only, and no batch.'));
  const headers = new Headers();
  const end = rest.indexOf('');
  for (const line of rest.slice(0, end === -1 ? rest.length : end)) {
    const at = line.indexOf(':');
    if (at > 0) headers.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  // The outer authorization holds for parts that bring none.
  if (!headers.has('authorization'))
    headers.set('authorization', c.req.header('authorization') ?? '');
  const content =
    end === -1
      ? ''
      : rest
          .slice(end + 1)
          .join('\n')
          .trim();
  const body = method === 'GET' || content === '' ? null : content;
  const answer = await serve(
    new Request(new URL(url.pathname + url.search, c.req.url), { method, headers, body }),
  );
  return {
    contentId: headerOf(part, 'content-id'),
    status: answer.status,
    headers: [...answer.headers].filter(([name]) =>
      ['content-type', 'retry-after', 'www-authenticate'].includes(name),
    ),
    body: await answer.text(),
  };
}

const reasons: Record<number, string> = {
  200: 'OK',
  204: 'No Content',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

function write(answers: readonly PartAnswer[], newline: string, google: Google): Response {
  const boundary = `batch_${google.core.random.text(24)}`;
  const parts = answers.map(({ contentId, status, headers, body }) =>
    [
      `--${boundary}`,
      'Content-Type: application/http',
      ...(contentId === null ? [] : [`Content-ID: ${responseId(contentId)}`]),
      '',
      `HTTP/1.1 ${status} ${reasons[status] ?? 'Unknown'}`,
      ...headers.map(([name, value]) => `${name}: ${value}`),
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join(newline),
  );
  return new Response(`${parts.join(newline)}${newline}--${boundary}--${newline}`, {
    headers: { 'content-type': `multipart/mixed; boundary=${boundary}` },
  });
}

/** "<item1>" is answered as "<response-item1>". */
function responseId(contentId: string): string {
  return contentId.startsWith('<') ? `<response-${contentId.slice(1)}` : `response-${contentId}`;
}
