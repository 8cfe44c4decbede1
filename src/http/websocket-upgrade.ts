import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether a page of that origin may open a socket: browsers let every page try, and send no CORS
 * request first. Programs send no `Origin`. On loopback all names of this machine count as one.
 * @param publicUrl the address people open
 */
export function isOwnOrigin(origin: string | undefined, publicUrl: string): boolean {
  if (origin === undefined) return true;
  const own = URL.parse(publicUrl);
  const asking = URL.parse(origin);
  if (!own || !asking) return false;
  if (asking.origin === own.origin) return true;
  const bothLoopback = [own, asking].every(({ hostname }) => loopbackNames.includes(hostname));
  return bothLoopback && asking.protocol === own.protocol && asking.port === own.port;
}

/** The path an upgrade asks for, without its query. */
export function upgradePath({ url }: IncomingMessage): string {
  return url?.split('?', 1)[0] ?? '/';
}

/** Answers an upgrade with an HTTP error instead. */
export function refuseUpgrade(stream: Duplex, status: string): void {
  stream.on('error', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** Ours, or else one the client knows, so that it can be told with 4406 that it is not spoken here. */
export function chosenProtocol(offered: ReadonlySet<string>): string | false {
  if (offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL)) return GRAPHQL_TRANSPORT_WS_PROTOCOL;
  const [other] = offered;
  return other ?? false;
}
