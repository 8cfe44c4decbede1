/** One waiting value and when it may leave. */
interface Waiting<V> {
  readonly value: V;
  readonly dueAt: number;
}

export interface LiveQueueOptions<V> {
  /** How many different keys may wait. */
  readonly capacity: number;
  /** Milliseconds between two values of one key; 0: each leaves at once. */
  readonly paceMilliseconds: number;
  /** Whether a value must not wait for its pace, given the one that left last. */
  readonly isUrgent?: (value: V, last: V) => boolean;
}

/** Values that become due within this time leave together, in one write per socket. */
const tickMilliseconds = 25;

/** Keys whose last departure is remembered; older ones are forgotten when there are more. */
const rememberedKeys = 2_000;

/**
 * A bounded queue that keeps only the newest value per key, and spaces the values of one key.
 * Whatever is dropped in between, the last value pushed always leaves. Times are milliseconds.
 */
export class LiveQueue<V> {
  readonly #options: LiveQueueOptions<V>;
  readonly #waiting = new Map<string, Waiting<V>>();
  readonly #left = new Map<string, { at: number; value: V }>();

  constructor(options: LiveQueueOptions<V>) {
    this.#options = options;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Returns false, and takes nothing, when the queue is full: the reader must read everything again. */
  push(key: string, value: V, now: number): boolean {
    const waiting = this.#waiting.get(key);
    if (!waiting && this.#waiting.size >= this.#options.capacity) return false;
    const due = this.#dueAt(key, value, now);
    this.#waiting.set(key, { value, dueAt: Math.min(due, waiting?.dueAt ?? due) });
    return true;
  }

  /** Takes everything that is due. */
  take(now: number): V[] {
    const due: V[] = [];
    for (const [key, { value, dueAt }] of this.#waiting) {
      if (dueAt > now) continue;
      this.#waiting.delete(key);
      due.push(value);
      if (this.#options.paceMilliseconds > 0) this.#remember(key, value, now);
    }
    return due;
  }

  /** When the next value becomes due; null when nothing waits. */
  nextDueAt(): number | null {
    let next: number | null = null;
    for (const { dueAt } of this.#waiting.values()) {
      if (next === null || dueAt < next) next = dueAt;
    }
    return next;
  }

  clear(): void {
    this.#waiting.clear();
  }

  #dueAt(key: string, value: V, now: number): number {
    const last = this.#left.get(key);
    if (!last || this.#options.isUrgent?.(value, last.value)) return now;
    const paced = last.at + this.#options.paceMilliseconds;
    return paced <= now ? now : Math.ceil(paced / tickMilliseconds) * tickMilliseconds;
  }

  #remember(key: string, value: V, now: number): void {
    this.#left.delete(key);
    this.#left.set(key, { at: now, value });
    if (this.#left.size <= rememberedKeys) return;
    for (const [old, { at }] of this.#left) {
      if (this.#left.size <= rememberedKeys || at + this.#options.paceMilliseconds > now) return;
      this.#left.delete(old);
    }
  }
}
