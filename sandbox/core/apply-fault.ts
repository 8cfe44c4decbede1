import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from 'hono';
import type { SandboxEnv } from './call.ts';
import type { Clock } from './clock.ts';
import { resetConnection, sendPart } from './cut-connection.ts';
import type { FaultAction } from './fault-rule.ts';

const htmlPage =
  '<!DOCTYPE html><html><head><title>Service unavailable</title></head><body><h1>Our services are not available right now</h1></body></html>';

export interface FaultTools {
  readonly clock: Clock;
  throttleBody(): unknown;
}

/** Serves one request under a fault. Faults that change a page are left to the vendor, which knows its pages. */
export async function applyFault(
  c: Context<SandboxEnv>,
  action: FaultAction,
  serve: () => Promise<Response>,
  tools: FaultTools,
): Promise<Response> {
  switch (action.type) {
    case 'status':
      return scripted(action.status, action.headers ?? {}, action.body);
    case 'throttle':
      return scripted(action.status, retryAfter(action, tools.clock), tools.throttleBody());
    case 'html':
      return new Response(htmlPage, {
        status: action.status,
        headers: { 'content-type': 'text/html; charset=utf-8' },
      });
    case 'null':
      return scripted(200, {}, null);
    case 'delay':
      await wait(action.ms);
      return serve();
    case 'reset':
      c.get('call').outcome = 'reset';
      return resetConnection(c);
    case 'lose-response':
      await serve();
      c.get('call').outcome = 'lost';
      return resetConnection(c);
    case 'truncate': {
      const answer = await serve();
      c.get('call').outcome = 'truncated';
      if (action.declareFullLength) return sendPart(c, answer, action.bytes);
      const body = await answer.arrayBuffer();
      return new Response(body.slice(0, action.bytes ?? Math.floor(body.byteLength / 2)), answer);
    }
    case 'empty-page':
    case 'repeat-items':
    case 'cyclic-next-link':
    case 'foreign-next-link':
    case 'poison':
      return serve();
  }
}

function scripted(status: number, headers: Record<string, string>, body: unknown): Response {
  if (body === undefined || [204, 205, 304].includes(status))
    return new Response(null, { status, headers });
  if (typeof body === 'string') {
    return new Response(body, {
      status,
      headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
    });
  }
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

function retryAfter(
  action: Extract<FaultAction, { type: 'throttle' }>,
  clock: Clock,
): Record<string, string> {
  switch (action.retryAfter) {
    case 'none':
      return {};
    case 'seconds':
      return { 'retry-after': String(action.seconds) };
    case 'date':
      return { 'retry-after': new Date(clock.now() + action.seconds * 1000).toUTCString() };
  }
}
