import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Logger } from '../log.ts';

/** What every part of the transport knows of a request. */
export interface RequestInfo {
  /** Taken from `x-request-id` when it is harmless, made otherwise; goes back in the answer and into the log. */
  readonly requestId: string;
  /** The peer's network address. Forwarding headers are not trusted. */
  readonly address: string;
  readonly log: Logger;
}

const harmlessId = /^[\w.-]{1,64}$/;

/** Reads id and address of a request, HTTP or upgrade. */
export function requestInfo(request: IncomingMessage, log: Logger): RequestInfo {
  const given = request.headers['x-request-id'];
  const requestId = typeof given === 'string' && harmlessId.test(given) ? given : randomUUID();
  return {
    requestId,
    address: request.socket.remoteAddress ?? 'unknown',
    log: log.child({ requestId }),
  };
}
