import { setTimeout as wait } from 'node:timers/promises';
import { Hono } from 'hono';
import { applyFault } from './apply-fault.ts';
import type { Call, SandboxEnv } from './call.ts';
import type { Core } from './core.ts';
import { redactQuery } from './request-log.ts';
import type { Vendor } from './vendor.ts';

/** Wraps a vendor's routes: log, counters, latency and faults around each request. */
export function serveVendor(core: Core, vendor: Vendor): Hono<SandboxEnv> {
  const outer = new Hono<SandboxEnv>();
  outer.use('*', async (c, next) => {
    const started = performance.now();
    const url = new URL(c.req.url);
    const path = decodePath(url.pathname);
    const user = await vendor.identify(c);
    const call: Call = {
      requestId: core.random.guid(),
      vendor: vendor.name,
      user,
      concurrent: core.log.enter(user ?? 'nobody'),
      fault: null,
      outcome: 'answered',
      batched: c.env.parent !== undefined,
    };
    c.set('call', call);
    try {
      const { from, to } = core.settings.current.latencyMs;
      if (to > 0) await wait(core.random.between(Math.min(from, to), to));
      call.fault = core.faults.fire({
        vendor: vendor.name,
        method: c.req.method,
        path,
        query: decodePath(url.search.slice(1)),
        user: call.user,
      });
      const serve = async (): Promise<Response> => {
        await next();
        return c.res;
      };
      if (call.fault === null) {
        await next();
      } else {
        const tools = { clock: core.clock, throttleBody: () => vendor.throttleBody(c) };
        const answer = await applyFault(c, call.fault.action, serve, tools);
        // Assigning merges the headers of an earlier answer into the new one, unless that is taken away first.
        c.res = undefined;
        c.res = answer;
      }
      if (!c.res.headers.has('x-hono-already-sent')) {
        for (const [name, value] of Object.entries(vendor.answerHeaders(c))) c.header(name, value);
      }
    } finally {
      core.log.leave(user ?? 'nobody');
      core.log.record({
        number: core.log.nextNumber(),
        at: new Date(core.clock.now()).toISOString(),
        vendor: vendor.name,
        method: c.req.method,
        path: url.pathname,
        query: redactQuery(url.search.slice(1)),
        endpoint: vendor.endpoint(path),
        user: call.user,
        status: call.outcome === 'reset' || call.outcome === 'lost' ? 0 : c.res.status,
        outcome: call.outcome,
        requestBytes: Number(c.req.header('content-length') ?? 0),
        durationMs: Math.round((performance.now() - started) * 10) / 10,
        requestId: call.requestId,
        fault: call.fault?.id ?? null,
        prefer: c.req.header('prefer') ?? null,
        batched: call.batched,
      });
    }
  });
  outer.route('/', vendor.app);
  return outer;
}

/** Decoded for matching; damaged escapes stay as they are. */
function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
