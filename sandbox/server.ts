import { Hono } from 'hono';
import { ControlClient } from './control-client.ts';
import type { Call, SandboxEnv } from './core/call.ts';
import { controlRoutes } from './core/control-routes.ts';
import { createCore } from './core/core.ts';
import { listen } from './core/listen.ts';
import { SigningKey } from './core/oauth/signing-key.ts';
import { serveVendor } from './core/serve-vendor.ts';
import { wholeState } from './core/whole-state.ts';
import { applyMicrosoftSeed } from './microsoft/apply-seed.ts';
import { Microsoft } from './microsoft/microsoft.ts';
import { microsoftVendor } from './microsoft/vendor.ts';
import { demoSeed, readSeed, type SeedInput } from './seed/seed.ts';
import { keepState } from './state-file.ts';

export interface SandboxOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host?: string;
  /** A seed or the path of one; the demo seed when absent. */
  readonly seed?: SeedInput | string | URL;
  /** Where the state is kept between runs; absent: in memory only. An existing file wins over the seed. */
  readonly stateFile?: string;
  /** Told one line per notable event. */
  readonly log?: (line: string) => void;
}

export interface Sandbox {
  /** Origin without a slash at its end: the login and Graph origin in one. */
  readonly url: string;
  readonly port: number;
  readonly control: ControlClient;
  close(): Promise<void>;
}

/** Starts the provider sandbox in this process. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const host = options.host ?? '127.0.0.1';
  const seed = await readSeed(options.seed ?? demoSeed);
  const core = createCore(seed.seed);
  let url = '';
  const microsoft = new Microsoft(
    core,
    await SigningKey.generate('microsoft.signing-key', core.random.text(27)),
    () => url,
  );
  const self = async (request: Request, parent: Call): Promise<Response> =>
    served.fetch(request, { parent });
  const vendor = microsoftVendor(microsoft, self);
  const served: Hono<SandboxEnv> = serveVendor(core, vendor);
  const state = wholeState([...core.parts, ...vendor.parts], () => {
    core.clock.reset();
    core.random.load(seed.seed);
    core.faults.clear();
    core.settings.reset();
    core.log.clear();
    core.violations.clear();
    microsoft.clear();
    if (seed.microsoft !== undefined) applyMicrosoftSeed(microsoft, seed.microsoft, seed.seed);
  });
  await state.reset();
  const kept =
    options.stateFile === undefined ? null : await keepState(options.stateFile, state, options.log);
  const control = controlRoutes(core, state);
  control.route(`/${vendor.name}`, vendor.control);
  const root = new Hono<SandboxEnv>();
  root.route('/_sandbox', control);
  root.notFound((c) =>
    c.text(
      'The sandbox serves nothing here. Entra: /{tenant}/oauth2/v2.0/..., Graph: /v1.0/..., control: /_sandbox/...',
      404,
    ),
  );
  const fetch = async (request: Request, env: unknown): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const app = vendor.owns(pathname) ? served : root;
    const answer = await app.fetch(request, env as object);
    // Who was given a token may be killed, and this process with it, before the file would follow by itself.
    if (request.method === 'POST' && pathname.endsWith('/token')) await kept?.save();
    else if (request.method !== 'GET') kept?.changed();
    return answer;
  };
  const listener = await listen(fetch, options.port, host);
  url = `http://${host.includes(':') ? `[${host}]` : host}:${listener.port}`;
  options.log?.(`The provider sandbox listens on ${url}`);
  return {
    url,
    port: listener.port,
    control: new ControlClient(url),
    async close() {
      await listener.close();
      await kept?.close();
    },
  };
}
