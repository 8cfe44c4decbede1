import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** Opens a port (0 takes a free one). `close` ends open connections, so that it never hangs. */
export async function listen(
  fetch: (request: Request, env: unknown) => Response | Promise<Response>,
  port: number,
  host: string,
): Promise<Listener> {
  // The global Request and Response stay as Node has them: the sandbox may share its process with others.
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The sandbox has no port.');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
