import { type Audience, admits } from './audience.ts';
import { LiveQueue, type LiveQueueOptions } from './live-queue.ts';
import type { AnyLiveEvent, LiveEvent, Topic } from './topics.ts';

export type EventOf<T extends Topic> = Extract<AnyLiveEvent, { topic: T }>;

export interface SubscriptionOptions<T extends Topic> {
  readonly topic: T;
  readonly audience: Audience;
  /** Narrows what the audience may see to what was asked for. */
  readonly wants?: (event: EventOf<T>) => boolean;
  readonly queue: LiveQueueOptions<EventOf<T>>;
  /** Called when values are due or the stream must read again; then `take` gives them. */
  readonly wake: () => void;
}

/** What `take` hands over. */
export interface Taken<T extends Topic> {
  readonly events: readonly EventOf<T>[];
  /** Changes were lost or were too many: the present state must be read again. */
  readonly missed: boolean;
}

/** One subscriber's own bounded queue. */
export interface Subscription<T extends Topic> {
  take(): Taken<T>;
  close(): void;
}

/** Bounds every queue: what does not fit is read again from the database instead. */
export const queueCapacity = 1_000;

interface Subscriber {
  readonly topic: Topic;
  offer(event: AnyLiveEvent, now: number): void;
  miss(): void;
  wake(): void;
}

/** Where those are kept who listen to every organisation. */
const everywhere = '*';

type AccessListener = (userId: string | null) => void;

/**
 * Hands the changes of one company database to this process's subscribers. Every subscriber has a
 * bounded queue of its own: one that stalls costs the others nothing and never sees their rows.
 */
export class FanOut {
  readonly #byOrganization = new Map<string, Set<Subscriber>>();
  readonly #accessListeners = new Set<AccessListener>();
  readonly #now: () => number;

  /** @param now milliseconds that never go back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get size(): number {
    let size = 0;
    for (const subscribers of this.#byOrganization.values()) size += subscribers.size;
    return size;
  }

  subscribe<T extends Topic>(options: SubscriptionOptions<T>): Subscription<T> {
    const { audience } = options;
    const subscriber = new QueuedSubscriber(options, this.#now);
    const place = audience.organizationId ?? everywhere;
    const others = this.#byOrganization.get(place) ?? new Set<Subscriber>();
    this.#byOrganization.set(place, others.add(subscriber));
    return {
      take: () => subscriber.take(),
      close: () => {
        subscriber.close();
        others.delete(subscriber);
        if (others.size === 0 && this.#byOrganization.get(place) === others) {
          this.#byOrganization.delete(place);
        }
      },
    };
  }

  /** Tells whose rights may have changed; null: anyone's. Returns the way to stop listening. */
  onAccessChange(listener: AccessListener): () => void {
    this.#accessListeners.add(listener);
    return () => this.#accessListeners.delete(listener);
  }

  /** Takes one reading of the feed; each subscriber is woken once for all of it. */
  deliver(events: readonly AnyLiveEvent[]): void {
    const now = this.#now();
    const touched = new Set<Subscriber>();
    for (const event of events) {
      if (event.topic === 'access') {
        for (const listener of this.#accessListeners) listener(event.key);
        continue;
      }
      for (const place of [event.organizationId ?? everywhere, everywhere]) {
        for (const subscriber of this.#byOrganization.get(place) ?? []) {
          if (subscriber.topic !== event.topic) continue;
          if (event.key === null) subscriber.miss();
          else subscriber.offer(event, now);
          touched.add(subscriber);
        }
      }
    }
    for (const subscriber of touched) subscriber.wake();
  }

  /** Changes may have been lost: every subscriber reads its present state again. */
  resync(): void {
    for (const listener of this.#accessListeners) listener(null);
    const everyone = [...this.#byOrganization.values()].flatMap((subscribers) => [...subscribers]);
    for (const subscriber of everyone) {
      subscriber.miss();
      subscriber.wake();
    }
  }
}

class QueuedSubscriber<T extends Topic> implements Subscriber {
  readonly topic: T;
  readonly #options: SubscriptionOptions<T>;
  readonly #queue: LiveQueue<EventOf<T>>;
  readonly #now: () => number;
  #missed = false;
  #timer: NodeJS.Timeout | null = null;
  #timerAt = 0;

  constructor(options: SubscriptionOptions<T>, now: () => number) {
    this.topic = options.topic;
    this.#options = options;
    this.#queue = new LiveQueue(options.queue);
    this.#now = now;
  }

  offer(event: AnyLiveEvent, now: number): void {
    if (this.#missed || event.key === null || event.row === null || !isOf(event, this.topic))
      return;
    if (!admits(this.#options.audience, event) || this.#options.wants?.(event) === false) return;
    if (!this.#queue.push(event.key, event, now)) this.miss();
  }

  miss(): void {
    this.#missed = true;
    this.#queue.clear();
  }

  /** Wakes the reader now, or when the first waiting value becomes due. */
  wake(): void {
    const dueAt = this.#missed ? 0 : this.#queue.nextDueAt();
    if (dueAt === null) return;
    const wait = dueAt - this.#now();
    if (wait <= 0) this.#options.wake();
    else if (!this.#timer || dueAt < this.#timerAt) this.#wakeIn(wait, dueAt);
  }

  take(): Taken<T> {
    const missed = this.#missed;
    this.#missed = false;
    const events = this.#queue.take(this.#now());
    const next = this.#queue.nextDueAt();
    if (next !== null) this.#wakeIn(Math.max(0, next - this.#now()), next);
    return { events, missed };
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#queue.clear();
  }

  #wakeIn(milliseconds: number, dueAt: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timerAt = dueAt;
    // Node rounds down; a timer that fires too early would find nothing due.
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#options.wake();
    }, Math.ceil(milliseconds));
    this.#timer.unref();
  }
}

function isOf<T extends Topic>(event: LiveEvent, topic: T): event is EventOf<T> {
  return event.topic === topic;
}
