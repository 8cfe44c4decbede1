import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Member } from '../services/access-member.ts';
import type { Credentials } from './authenticate.ts';
import type { SharedFrames } from './websocket-frame.ts';
import { closeCodes, webSocketLimits as limits } from './websocket-limits.ts';

/** Node fires longer timers at once. */
const longestTimer = 2_147_483_647;

/** One client's socket: bounded in what it may send, in what may wait for it, and in time. */
export class WebSocketConnection {
  readonly webSocket: WebSocket;
  readonly #stream: Duplex;
  readonly #now: () => number;
  /** Who signed in, and with what: rights are looked up again for each operation. */
  session: { readonly member: Member; readonly credentials: Credentials } | null = null;
  #answered = true;
  #waitingEvents = 0;
  #messages: { left: number; at: number };
  #expiry: NodeJS.Timeout | null = null;

  /** @param stream the same socket, for frames that are built here */
  constructor(webSocket: WebSocket, stream: Duplex, now: () => number) {
    this.webSocket = webSocket;
    this.#stream = stream;
    this.#now = now;
    this.#messages = { left: limits.messageBurst, at: now() };
    webSocket.on('pong', () => {
      this.#answered = true;
    });
    webSocket.on('close', () => {
      if (this.#expiry) clearTimeout(this.#expiry);
    });
  }

  get isOpen(): boolean {
    return this.webSocket.readyState === WebSocket.OPEN;
  }

  /** Sends one message of the protocol. */
  send(message: string): void {
    if (!this.isOpen) return;
    this.#beforeWrite(1);
    this.webSocket.send(message);
    this.#afterWrite();
  }

  /** Sends frames that many clients get, under this client's operation id. */
  sendFrames(frames: SharedFrames, id: Buffer): void {
    if (!this.isOpen) return;
    this.#beforeWrite(frames.count);
    frames.writeTo(this.#stream, id);
    this.#afterWrite();
  }

  /** Begins the closing handshake; who does not answer it in time is cut off. */
  close(code: number, reason: string): void {
    if (!this.isOpen) return;
    this.webSocket.close(code, reason);
    const cut = setTimeout(() => this.webSocket.terminate(), limits.closeMilliseconds);
    this.webSocket.once('close', () => clearTimeout(cut));
  }

  /** Closes and resolves when the socket has gone. */
  end(code: number, reason: string): Promise<void> {
    if (this.webSocket.readyState === WebSocket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => {
      this.webSocket.once('close', () => resolve());
      this.close(code, reason);
    });
  }

  /** Ends the socket when the token does; its subscriptions get their error frames before. */
  expireAt(moment: Date, now: Date): void {
    const left = moment.getTime() - now.getTime() + limits.expiryGraceMilliseconds;
    this.#expiry = setTimeout(
      () => this.close(closeCodes.forbidden, 'Token expired'),
      Math.max(0, Math.min(left, longestTimer)),
    );
    this.#expiry.unref();
  }

  /** Counts a message or ping; false, and the socket closes, when there are too many. */
  admitMessage(): boolean {
    const now = this.#now();
    const refill = ((now - this.#messages.at) / 1000) * limits.messagesPerSecond;
    const left = Math.min(limits.messageBurst, this.#messages.left + refill) - 1;
    this.#messages = { left, at: now };
    if (left >= 0) return true;
    this.close(closeCodes.tooMany, 'Too many messages');
    return false;
  }

  /** Asks whether the client is still there; who did not answer the last time is cut off. */
  checkAlive(): void {
    if (!this.#answered) {
      if (this.#stream.writableLength > 0) this.#closeSlow();
      this.webSocket.terminate();
      return;
    }
    this.#answered = false;
    this.webSocket.ping();
  }

  #beforeWrite(events: number): void {
    if (this.#stream.writableLength === 0) this.#waitingEvents = 0;
    this.#waitingEvents += events;
  }

  /** Waiting data means that the kernel's buffers are full: this reader does not keep up. */
  #afterWrite(): void {
    const waiting = this.#stream.writableLength;
    if (waiting === 0) return;
    const tooMany = this.#waitingEvents > limits.bufferedEvents;
    if (tooMany || waiting > limits.bufferedBytes) this.#closeSlow();
  }

  #closeSlow(): void {
    this.close(closeCodes.tryAgainLater, 'Slow consumer');
  }
}
