import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface SubscriberOptions {
  readonly port: number;
  readonly path: string;
  readonly protocol?: string;
  /** Messages to send after the upgrade; each waits for an answer. */
  readonly hello: (index: number) => readonly (string | Buffer)[];
}

/** An empty, masked pong. */
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/** Mosquitto answers a handshake only every 100 ms, however many there are. */
const atOnce = 100;

/**
 * Many clients that only count bytes: a client that parses would be what is measured, on a machine
 * that it shares with the server.
 */
export class Subscribers {
  readonly sockets: Socket[] = [];
  #bytes = 0;
  #perSocket: number[] = [];
  #doneAt: number[] = [];
  #expected = Number.POSITIVE_INFINITY;
  #done: (() => void) | null = null;
  #pending = 0;
  /** The last bytes of the first client, to look at. */
  sample = Buffer.alloc(0);

  static async open(count: number, options: SubscriberOptions): Promise<Subscribers> {
    const all = new Subscribers();
    for (let from = 0; from < count; from += atOnce) {
      const group = Array.from({ length: Math.min(atOnce, count - from) }, (_, place) =>
        all.#connect(from + place, options),
      );
      all.sockets.push(...(await Promise.all(group)));
    }
    await all.quiet();
    return all;
  }

  /** Waits until nothing has arrived for a moment. */
  async quiet(): Promise<void> {
    // Nobody here reads a ping; this keeps servers from taking us for dead.
    for (const socket of this.sockets) socket.write(pong);
    for (let before = -1; before !== this.#bytes; ) {
      before = this.#bytes;
      await delay(300);
    }
  }

  /** Bytes that `publish` brings each client; all must get the same. */
  async bytesOf(publish: () => Promise<void>): Promise<number> {
    this.#start(Number.POSITIVE_INFINITY);
    await publish();
    await this.quiet();
    const [first = 0] = this.#perSocket;
    if (first === 0 || this.#perSocket.some((bytes) => bytes !== first)) {
      throw new Error(`clients got ${[...new Set(this.#perSocket)].join(', ')} bytes of one event`);
    }
    return first;
  }

  /** Milliseconds from the publication until each client has so many bytes, sorted. */
  async receive(bytesEach: number, publish: () => Promise<void>): Promise<number[]> {
    this.#start(bytesEach);
    const done = new Promise<void>((resolve) => {
      this.#done = resolve;
    });
    const started = performance.now();
    await Promise.all([publish(), done]);
    return this.#doneAt.map((at) => at - started).toSorted((one, other) => one - other);
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  #start(bytesEach: number): void {
    this.#expected = bytesEach;
    this.#pending = this.sockets.length;
    this.#perSocket = this.sockets.map(() => 0);
    this.#doneAt = [];
  }

  #count(index: number, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (index === 0) this.sample = chunk;
    const before = this.#perSocket[index] ?? 0;
    this.#perSocket[index] = before + chunk.length;
    if (before >= this.#expected || before + chunk.length < this.#expected) return;
    this.#doneAt.push(performance.now());
    if (--this.#pending === 0) this.#done?.();
  }

  async #connect(
    index: number,
    { port, path, protocol, hello }: SubscriberOptions,
  ): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setNoDelay(true);
    socket.on('error', () => {});
    let waiting: (() => void) | null = null;
    socket.on('data', (chunk) => {
      this.#count(index, chunk);
      waiting?.();
    });
    const answer = () =>
      new Promise<void>((resolve) => {
        waiting = resolve;
      });
    const upgraded = answer();
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n${protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n` : ''}\r\n`,
    );
    await upgraded;
    const messages = hello(index);
    for (const [place, message] of messages.entries()) {
      const answered = answer();
      socket.write(clientFrame(message));
      if (place < messages.length - 1) await answered;
    }
    return socket;
  }
}

/** A masked frame, with a mask of zeros. */
function clientFrame(message: string | Buffer): Buffer {
  const payload = Buffer.from(message);
  const opcode = typeof message === 'string' ? 0x81 : 0x82;
  const length =
    payload.length < 126
      ? [0x80 | payload.length]
      : [0x80 | 126, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from([opcode, ...length, 0, 0, 0, 0]), payload]);
}
