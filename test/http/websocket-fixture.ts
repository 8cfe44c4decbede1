import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Client, createClient } from 'graphql-ws';
import { SignJWT } from 'jose';
import WebSocket from 'ws';
import { limits } from '../../src/http/limits.ts';
import { createOperationGate } from '../../src/http/operation-gate.ts';
import { createRateLimiter } from '../../src/http/rate-limiter.ts';
import { createWebSockets, type WebSockets } from '../../src/http/websocket.ts';
import { systemClock } from '../../src/lib/clock.ts';
import '../../src/schema/subscriptions.ts';
import { schema } from '../../src/schema/index.ts';
import { createAccess } from '../../src/services/access.ts';
import { createSecretVerifier } from '../../src/services/tokens/secret-verifier.ts';
import { type LiveFixture, openLive, silent } from '../live/fixture.ts';

const secret = 'a secret of tests, thirty-two bytes or more';
const expected = { issuer: 'https://issuer.test', audience: 'lockstep' };

export interface SocketFixture extends LiveFixture {
  readonly url: string;
  readonly port: number;
  readonly sockets: WebSockets;
  readonly server: Server;
}

/** The live fixture behind a real HTTP server. */
export async function openSockets(socketsPerUser = 10): Promise<SocketFixture> {
  const live = await openLive();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const access = createAccess({
    databases: { all: async () => [live.company] },
    verifier: createSecretVerifier(secret, expected, systemClock),
    companyId: null,
  });
  const gate = createOperationGate({
    schema,
    limits,
    rateLimiter: createRateLimiter('off', systemClock),
    openIntrospection: false,
  });
  const sockets = createWebSockets({
    schema,
    gate,
    access,
    path: '/graphql',
    publicUrl: () => `http://127.0.0.1:${port}`,
    allowedOrigins: ['https://app.partner.test'],
    socketsPerUser,
    log: silent,
    clock: systemClock,
    openContext: ({ member, info }) => ({
      value: { ...info, member, services: { live: live.live } },
      release() {},
    }),
  });
  sockets.attach(server);
  return {
    ...live,
    url: `ws://127.0.0.1:${port}/graphql`,
    port,
    sockets,
    server,
    async close() {
      await sockets.close();
      await new Promise((resolve) => server.close(resolve));
      await live.close();
    },
  };
}

/** A bearer token of that user. */
export function tokenOf(user: { readonly id: string }, seconds = 3_600): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user.id)
    .setIssuer(expected.issuer)
    .setAudience(expected.audience)
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(new TextEncoder().encode(secret));
}

/** The client library that people use. */
export async function clientOf(url: string, user: { readonly id: string }): Promise<Client> {
  const authorization = `Bearer ${await tokenOf(user)}`;
  return createClient({
    url,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
  });
}

export interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

/** Whether a message's payload says that somewhere, under that operation if one is given. */
export function says(text: string, operation?: string): (message: Message) => boolean {
  return ({ id, payload }) =>
    (operation === undefined || id === operation) && (JSON.stringify(payload) ?? '').includes(text);
}

/** A socket driven by hand. */
export class RawSocket {
  readonly webSocket: WebSocket;
  readonly messages: Message[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #waiting: (() => void)[] = [];

  constructor(
    url: string,
    protocols: string[] = ['graphql-transport-ws'],
    headers: Record<string, string> = {},
  ) {
    this.webSocket = new WebSocket(url, protocols, { headers });
    this.webSocket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)) as Message);
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.closed = new Promise((resolve) => {
      this.webSocket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
    this.webSocket.on('error', () => {});
  }

  async opened(): Promise<this> {
    if (this.webSocket.readyState === WebSocket.OPEN) return this;
    await new Promise((resolve, reject) => {
      this.webSocket.once('open', resolve);
      this.webSocket.once('error', reject);
    });
    return this;
  }

  send(message: unknown): void {
    this.webSocket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Signs in and waits for the acknowledgement. */
  async init(user: { readonly id: string }, seconds?: number, more: object = {}): Promise<this> {
    await this.opened();
    const authorization = `Bearer ${await tokenOf(user, seconds)}`;
    this.send({ type: 'connection_init', payload: { authorization, ...more } });
    await this.message(({ type }) => type === 'connection_ack');
    return this;
  }

  subscribe(id: string, query: string, variables: object = {}): void {
    this.send({ id, type: 'subscribe', payload: { query, variables } });
  }

  /** The first message so far, or to come, that fits. */
  async message(fits: (message: Message) => boolean, milliseconds = 5_000): Promise<Message> {
    const deadline = Date.now() + milliseconds;
    for (;;) {
      const found = this.messages.find(fits);
      if (found) return found;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`no such message among ${JSON.stringify(this.messages)}`);
      const timer = Promise.withResolvers<void>();
      const late = setTimeout(timer.resolve, left);
      await Promise.race([
        timer.promise,
        new Promise<void>((resolve) => this.#waiting.push(resolve)),
      ]);
      clearTimeout(late);
    }
  }

  end(): void {
    this.webSocket.terminate();
  }
}
