import { Hono } from 'hono';
import { ControlClient } from './control-client.ts';
import type { Call, SandboxEnv } from './core/call.ts';
import { controlRoutes } from './core/control-routes.ts';
import { type Core, createCore } from './core/core.ts';
import { listen } from './core/listen.ts';
import { SigningKey } from './core/oauth/signing-key.ts';
import { serveVendor } from './core/serve-vendor.ts';
import type { Vendor } from './core/vendor.ts';
import { wholeState } from './core/whole-state.ts';
import { applyGoogleSeed } from './google/apply-seed.ts';
import { Google } from './google/google.ts';
import { googleVendor } from './google/vendor.ts';
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
  /** Origin without a slash at its end: every vendor's sign-in and API origin in one. */
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
  const origin = () => url;
  const [microsoftKey, googleKey] = await Promise.all([
    SigningKey.generate('microsoft.signing-key', core.random.text(27)),
    SigningKey.generate('google.signing-key', core.random.text(40)),
  ]);
  const microsoft = new Microsoft(core, microsoftKey, origin);
  const google = new Google(core, googleKey, origin);
  const vendors = [
    mount(core, (self) => microsoftVendor(microsoft, self)),
    mount(core, (self) => googleVendor(google, self)),
  ];
  const vendorParts = vendors.map(({ vendor }) => vendor.parts);
  const state = wholeState(core.parts, vendorParts, () => {
    core.clock.reset();
    core.random.load(seed.seed);
    core.faults.clear();
    core.settings.reset();
    core.log.clear();
    core.violations.clear();
    microsoft.clear();
    google.clear();
    if (seed.microsoft !== undefined) applyMicrosoftSeed(microsoft, seed.microsoft, seed.seed);
    if (seed.google !== undefined) applyGoogleSeed(google, seed.google, seed.seed);
  });
  await state.reset();
  const kept =
    options.stateFile === undefined ? null : await keepState(options.stateFile, state, options.log);
  const control = controlRoutes(core, state);
  for (const { vendor } of vendors) control.route(`/${vendor.name}`, vendor.control);
  const root = new Hono<SandboxEnv>();
  root.route('/_sandbox', control);
  root.notFound((c) =>
    c.text(
      'The sandbox serves nothing here. Entra: /{tenant}/oauth2/v2.0/..., Graph: /v1.0/..., Google: /o/oauth2/v2/auth, /token, Gmail: /gmail/v1/..., control: /_sandbox/...',
      404,
    ),
  );
  const fetch = async (request: Request, env: unknown): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const app = vendors.find(({ vendor }) => vendor.owns(pathname))?.served ?? root;
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
      google.pubSub.close();
      await listener.close();
      await kept?.close();
    },
  };
}

/** A vendor behind the pipeline; `self` leads its own requests, the parts of a batch, through it again. */
function mount(
  core: Core,
  make: (self: (request: Request, parent: Call) => Promise<Response>) => Vendor,
): { readonly vendor: Vendor; readonly served: Hono<SandboxEnv> } {
  const vendor = make(async (request, parent) => served.fetch(request, { parent }));
  const served: Hono<SandboxEnv> = serveVendor(core, vendor);
  return { vendor, served };
}
