import type { Context } from 'hono';
import { z } from 'zod';
import type { SandboxEnv } from '../../core/call.ts';
import type { Microsoft } from '../microsoft.ts';
import { GraphError } from './graph-error.ts';

const batchSchema = z.object({
  requests: z.array(
    z.object({
      id: z.string().min(1),
      method: z.string().toUpperCase(),
      url: z.string().min(1),
      headers: z.record(z.string(), z.string()).optional(),
      body: z.unknown().optional(),
      dependsOn: z.array(z.string()).optional(),
    }),
  ),
});
type Part = z.output<typeof batchSchema>['requests'][number];

interface PartAnswer {
  readonly id: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

const largestBatch = 20;

/** POST /$batch: 200 whatever happens inside. */
export async function batch(
  c: Context<SandboxEnv>,
  microsoft: Microsoft,
  serve: (request: Request) => Promise<Response>,
): Promise<Response> {
  const parsed = batchSchema.safeParse(await c.req.json().catch(() => null));
  if (c.req.method !== 'POST' || !parsed.success)
    throw new GraphError(400, 'BadRequest', 'Invalid batch payload format.');
  const parts = parsed.data.requests;
  if (parts.length > largestBatch) {
    throw new GraphError(
      400,
      'BadRequest',
      `Number of batch request steps exceeds the maximum value of ${largestBatch}.`,
    );
  }
  const ids = new Set(parts.map((part) => part.id.toLowerCase()));
  if (ids.size !== parts.length)
    throw new GraphError(400, 'BadRequest', 'Request IDs of a batch must be unique.');
  const answers: PartAnswer[] = [];
  const limit = microsoft.settings.current.batchConcurrency;
  for (const [i, part] of parts.entries()) {
    const failed =
      part.dependsOn?.some(
        (id) => (answers.find((answer) => answer.id === id)?.status ?? 424) >= 400,
      ) ?? false;
    if (failed)
      answers.push(
        failure(part.id, 424, 'FailedDependency', 'A dependency of the request failed.'),
      );
    else if (limit !== null && i >= limit) {
      const message = 'Application is over its MailboxConcurrency limit.';
      answers.push({
        ...failure(part.id, 429, 'ApplicationThrottled', message),
        headers: { 'Retry-After': '1', 'Content-Type': 'application/json' },
      });
    } else answers.push(await servePart(c, part, serve));
  }
  // Answers come in any order; reversed is the order that catches who relies on it.
  return c.json({ responses: answers.reverse() });
}

function failure(id: string, status: number, code: string, message: string): PartAnswer {
  return {
    id,
    status,
    headers: { 'Content-Type': 'application/json' },
    body: { error: { code, message } },
  };
}

async function servePart(
  c: Context<SandboxEnv>,
  part: Part,
  serve: (request: Request) => Promise<Response>,
): Promise<PartAnswer> {
  const url = new URL(`/v1.0/${part.url.replace(/^\/(v1\.0\/)?/, '')}`, c.req.url);
  const headers = new Headers(part.headers ?? {});
  headers.set('authorization', c.req.header('authorization') ?? '');
  const hasBody = part.body !== undefined && part.method !== 'GET';
  const answer = await serve(
    new Request(url, {
      method: part.method,
      headers,
      body: hasBody ? JSON.stringify(part.body) : null,
    }),
  );
  const type = answer.headers.get('content-type') ?? '';
  const bytes = Buffer.from(await answer.arrayBuffer());
  const body = type.includes('json')
    ? (JSON.parse(bytes.toString()) as unknown)
    : bytes.toString('base64');
  const shown = ['content-type', 'location', 'retry-after', 'preference-applied'];
  const kept = [...answer.headers].filter(([name]) => shown.includes(name));
  const names: Record<string, string> = {
    'content-type': 'Content-Type',
    location: 'Location',
    'retry-after': 'Retry-After',
    'preference-applied': 'Preference-Applied',
  };
  return {
    id: part.id,
    status: answer.status,
    headers: Object.fromEntries(kept.map(([name, value]) => [names[name] ?? name, value])),
    ...(bytes.length === 0 ? {} : { body }),
  };
}
