import type { WebSocket } from 'ws';

/** Counts each user's sockets in this process. */
export class SocketsOfUsers {
  readonly #most: number;
  readonly #counts = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Counts the socket until it closes; false when the user has as many as allowed. */
  add(userId: string, socket: WebSocket): boolean {
    const count = this.#counts.get(userId) ?? 0;
    if (count >= this.#most) return false;
    this.#counts.set(userId, count + 1);
    socket.once('close', () => {
      const left = (this.#counts.get(userId) ?? 1) - 1;
      if (left > 0) this.#counts.set(userId, left);
      else this.#counts.delete(userId);
    });
    return true;
  }
}
