import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Context, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ErrorCode, errorText, LockstepError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../log.ts';
import { authenticate, type Credentials } from './authenticate.ts';
import { maskedErrors } from './errors.ts';
import { requestInfo } from './request-info.ts';
import { SocketsOfUsers } from './sockets-of-users.ts';
import { WebSocketConnection } from './websocket-connection.ts';
import { closeCodes, webSocketLimits as limits } from './websocket-limits.ts';
import {
  createOperations,
  OperationFailed,
  type OperationsOptions,
} from './websocket-operations.ts';
import { chosenProtocol, isOwnOrigin, refuseUpgrade, upgradePath } from './websocket-upgrade.ts';

export interface WebSocketsOptions extends OperationsOptions {
  readonly path: string;
  /** The address people open, known once the server listens: pages of other origins are refused. */
  readonly publicUrl: () => string;
  /** Origins of other pages that may open a socket. */
  readonly allowedOrigins: readonly string[];
  readonly socketsPerUser: number;
  readonly log: Logger;
  readonly clock: Clock;
}

/** The GraphQL sockets of one HTTP server. */
export interface WebSockets {
  attach(server: Server): void;
  /** How many are open. */
  readonly size: number;
  /** Tells every client to go (1001) and waits for them, a few seconds at most. */
  close(): Promise<void>;
}

interface Extra {
  readonly connection: WebSocketConnection;
  readonly request: IncomingMessage;
}

/**
 * GraphQL over WebSocket (graphql-transport-ws). The library keeps the protocol; here is what it
 * leaves open: who may connect, how much, for how long, and what happens to readers that do not read.
 */
export function createWebSockets(options: WebSocketsOptions): WebSockets {
  const { access, clock, log, path, publicUrl } = options;
  const operations = createOperations(options);
  const users = new SocketsOfUsers(options.socketsPerUser);
  const connections = new Set<WebSocketConnection>();
  let closing = false;

  const protocol = makeServer<Record<string, unknown> | undefined, Extra>({
    connectionInitWaitTimeout: limits.initMilliseconds,
    onConnect: ({ connectionParams, extra }) => connect(extra, connectionParams ?? {}),
    onSubscribe: ({ extra, subscriptions }, id, payload) =>
      subscribe(extra, Object.keys(subscriptions).length, id, payload),
    execute: operations.execute,
    subscribe: operations.subscribe,
    onError: (_context: Context, _id, _payload, errors) => {
      const origin = errors[0]?.originalError;
      const shown = origin instanceof OperationFailed ? origin.errors : errors;
      return shown.map((error) => error.toJSON());
    },
  });

  async function connect({ connection, request }: Extra, params: Record<string, unknown>) {
    const credentials = {
      authorization: params['authorization'] ?? params['Authorization'],
      organizationId: params['x-organization-id'],
    };
    const member = await signIn(credentials, requestInfo(request, log).log, connection);
    if (!member || !connection.isOpen) return false;
    if (!users.add(member.userId, connection.webSocket)) {
      connection.close(closeCodes.tooMany, `At most ${options.socketsPerUser} sockets per user`);
      return false;
    }
    connection.session = { member, credentials };
    connection.expireAt(member.tokenExpiresAt, clock());
    return true;
  }

  /** The member; null when there is none, and the socket is closing for that reason. */
  async function signIn(credentials: Credentials, log: Logger, connection: WebSocketConnection) {
    try {
      const member = await authenticate(access, credentials);
      if (!member) connection.close(closeCodes.forbidden, 'Send a token in connection_init');
      return member;
    } catch (error) {
      const refused = error instanceof LockstepError && isRefusal(error.code);
      if (!refused) log.warn({ error: errorText(error) }, 'could not sign a socket in');
      if (refused) connection.close(closeCodes.forbidden, 'Forbidden');
      else connection.close(closeCodes.tryAgainLater, 'Try again later');
      return null;
    }
  }

  function subscribe(
    { connection, request }: Extra,
    open: number,
    id: string,
    payload: Parameters<typeof operations.prepare>[2],
  ) {
    if (id.length > limits.idCharacters) {
      connection.close(closeCodes.badRequest, 'Operation id too long');
      return [];
    }
    const info = requestInfo(request, log);
    if (open > limits.subscriptions) return maskedErrors(tooManySubscriptions(), info);
    return operations.prepare(connection, id, payload, info);
  }

  function opened(webSocket: WebSocket, request: IncomingMessage, stream: Duplex): void {
    const connection = new WebSocketConnection(webSocket, stream, () => performance.now());
    connections.add(connection);
    const closed = protocol.opened(
      {
        protocol: webSocket.protocol,
        send: (message) => connection.send(message),
        close: (code, reason) => connection.close(code ?? closeCodes.goingAway, reason ?? ''),
        onMessage(receive) {
          webSocket.on('message', (data) => {
            if (!connection.admitMessage()) return;
            receive(String(data)).catch((error: unknown) => {
              log.error({ err: error }, `a socket's message failed: ${errorText(error)}`);
              connection.close(4500, 'Internal server error');
            });
          });
        },
      },
      { connection, request },
    );
    webSocket.on('ping', () => connection.admitMessage());
    // The library closes the socket with the right code; a broken client is no fault of ours.
    webSocket.on('error', (error) => log.debug({ error: errorText(error) }, 'socket error'));
    webSocket.once('close', (code, reason) => {
      connections.delete(connection);
      closed(code, String(reason)).catch((error: unknown) => {
        log.error({ err: error }, `a socket's end failed: ${errorText(error)}`);
      });
    });
  }

  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => chosenProtocol(offered),
  });
  const pings = setInterval(() => {
    for (const connection of connections) connection.checkAlive();
  }, limits.pingMilliseconds);
  pings.unref();

  return {
    attach(httpServer) {
      httpServer.on('upgrade', (request, stream, head) => {
        if (upgradePath(request) !== path) return refuseUpgrade(stream, '404 Not Found');
        if (closing) return refuseUpgrade(stream, '503 Service Unavailable');
        if (
          ![publicUrl(), ...options.allowedOrigins].some((own) =>
            isOwnOrigin(request.headers.origin, own),
          )
        ) {
          return refuseUpgrade(stream, '403 Forbidden');
        }
        server.handleUpgrade(request, stream, head, (webSocket) =>
          opened(webSocket, request, stream),
        );
      });
    },
    get size() {
      return connections.size;
    },
    async close() {
      closing = true;
      clearInterval(pings);
      const ends = [...connections].map((connection) =>
        connection.end(closeCodes.goingAway, 'Going away'),
      );
      await Promise.all(ends);
      server.close();
    },
  };
}

function tooManySubscriptions(): LockstepError {
  const limit = limits.subscriptions;
  return new LockstepError(
    'RATE_LIMITED',
    `A socket may have ${limit} operations at once. Complete some first, or open another socket.`,
    { limit },
  );
}

function isRefusal(code: ErrorCode): boolean {
  return code === 'UNAUTHENTICATED' || code === 'FORBIDDEN';
}
