import { Hono } from 'hono';
import { z } from 'zod';
import type { Core } from './core.ts';
import { faultRuleSchema } from './fault-rule.ts';
import { parse } from './parse.ts';
import { RequestError } from './request-error.ts';

/** The state as a whole, for snapshots. */
export interface WholeState {
  save(): unknown;
  load(snapshot: unknown): Promise<void>;
  reset(): Promise<void>;
}

const advanceSchema = z.strictObject({ ms: z.number().optional(), seconds: z.number().optional() });
const rateSchema = z.strictObject({ rate: z.number().positive().max(10_000) });
const setSchema = z.strictObject({ at: z.iso.datetime({ offset: true }) });

/** The control interface's vendor-neutral half (see README.md). */
export function controlRoutes(core: Core, state: WholeState): Hono {
  const app = new Hono();
  app.onError((error, c) => {
    if (error instanceof RequestError)
      return c.json({ error: { message: error.message } }, error.status);
    if (error instanceof SyntaxError) {
      return c.json({ error: { message: `The request cannot be read: ${error.message}` } }, 400);
    }
    return c.json(
      { error: { message: `The sandbox failed: ${error.stack ?? error.message}` } },
      500,
    );
  });
  app.notFound((c) =>
    c.json(
      {
        error: {
          message: `There is no ${c.req.method} ${c.req.path}. sandbox/README.md lists the control interface.`,
        },
      },
      404,
    ),
  );

  app.get('/health', (c) =>
    c.json({ status: 'ok', now: new Date(core.clock.now()).toISOString() }),
  );
  app.get('/state', (c) => c.json(state.save() as object));
  app.put('/state', async (c) => {
    await state.load(await c.req.json());
    return c.body(null, 204);
  });
  app.post('/reset', async (c) => {
    await state.reset();
    return c.body(null, 204);
  });

  const clockAnswer = () => ({
    now: new Date(core.clock.now()).toISOString(),
    ...core.clock.save(),
  });
  app.get('/clock', (c) => c.json(clockAnswer()));
  app.post('/clock/advance', async (c) => {
    const { ms = 0, seconds = 0 } = parse(advanceSchema, await c.req.json(), 'The step');
    core.clock.advance(ms + seconds * 1000);
    return c.json(clockAnswer());
  });
  app.post('/clock/set', async (c) => {
    core.clock.set(Date.parse(parse(setSchema, await c.req.json(), 'The time').at));
    return c.json(clockAnswer());
  });
  app.post('/clock/rate', async (c) => {
    core.clock.scale(parse(rateSchema, await c.req.json(), 'The rate').rate);
    return c.json(clockAnswer());
  });
  app.post('/clock/freeze', (c) => {
    core.clock.freeze();
    return c.json(clockAnswer());
  });
  app.post('/clock/unfreeze', (c) => {
    core.clock.unfreeze();
    return c.json(clockAnswer());
  });

  app.get('/faults', (c) => c.json({ faults: core.faults.list() }));
  app.post('/faults', async (c) => {
    const id = core.faults.add(parse(faultRuleSchema, await c.req.json(), 'The fault'));
    return c.json({ id }, 201);
  });
  app.delete('/faults', (c) => c.json({ removed: core.faults.clear() }));
  app.delete('/faults/:id', (c) => c.json({ removed: core.faults.clear(c.req.param('id')) }));

  app.get('/requests', (c) => {
    const { user, path, limit } = c.req.query();
    return c.json({
      requests: core.log.read({
        user: user?.toLowerCase(),
        path: path === undefined ? undefined : new RegExp(path),
        limit: limit === undefined ? undefined : Number(limit),
      }),
    });
  });
  app.get('/requests/counters', (c) => c.json(core.log.counters()));
  app.delete('/requests', (c) => {
    core.log.clear();
    return c.body(null, 204);
  });

  app.get('/violations', (c) => c.json({ violations: core.violations.list() }));
  app.delete('/violations', (c) => {
    core.violations.clear();
    return c.body(null, 204);
  });

  app.get('/settings', (c) => c.json(core.settings.current));
  app.patch('/settings', async (c) => {
    core.settings.change(await c.req.json());
    return c.json(core.settings.current);
  });
  return app;
}
