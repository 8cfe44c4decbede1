import { errorText, LockstepError } from '../../errors.ts';
import type { Audience } from '../../events/audience.ts';
import type { EventOf, FanOut, Subscription } from '../../events/fan-out.ts';
import type { LiveQueueOptions } from '../../events/live-queue.ts';
import { isVisibleIn, type Snapshot } from '../../events/snapshot.ts';
import type { Topic, TopicRows } from '../../events/topics.ts';
import { sleep } from '../../lib/sleep.ts';
import { LatestSignal } from './latest-signal.ts';

/** How long a stream waits for a database that is away: a minute, asking twice a second. */
const patience = { attempts: 120, milliseconds: 500 } as const;

/** Rows as they are, with the snapshot that says which changes they contain. */
export interface PresentState<T extends Topic> {
  readonly rows: readonly TopicRows[T][];
  readonly snapshot: Snapshot;
  /** Whether there is more to read before changes may follow. */
  readonly more: boolean;
}

/** What a stream shows, to whom, and how its present state is read. */
export interface StreamDefinition<T extends Topic> {
  readonly fanOut: FanOut;
  readonly topic: T;
  readonly audience: Audience;
  readonly wants?: (event: EventOf<T>) => boolean;
  readonly queue: LiveQueueOptions<EventOf<T>>;
  /** Reads through the subscriber's row scope; called again whenever changes may have been lost. */
  read(): Promise<PresentState<T>>;
  /** Told of every row that leaves; false keeps it back, because it left before. */
  readonly admit?: (row: TopicRows[T]) => boolean;
  /** Streams with equal texts show the same changes to everyone; null: never shared. */
  readonly share: string | null;
}

/** A row on its way out; `transaction` is null for a row of the present state. */
export interface StreamItem<T extends Topic> {
  readonly row: TopicRows[T];
  readonly transaction: number | null;
}

/** A stream of whatever topic, for those who only pass its rows on. */
export type AnyLiveStream = LiveStream<Topic>;

/**
 * The present state, then every change, without a gap and without an older state after a newer one:
 * the queue is opened before the state is read, and a change is kept back exactly when the snapshot
 * of the reading contains it.
 */
export class LiveStream<T extends Topic> implements AsyncIterableIterator<TopicRows[T]> {
  readonly definition: StreamDefinition<T>;
  readonly #subscription: Subscription<T>;
  readonly #signal = new LatestSignal();
  readonly #closers: (() => void)[] = [];
  #present: StreamItem<T>[] = [];
  #since: Snapshot | null = null;
  #mustRead: boolean;
  #failures = 0;
  #batch: StreamItem<T>[] = [];
  #end: { readonly error: Error | null } | null = null;

  /** @param mustRead false for a stream whose subscribers have read the present state themselves */
  constructor(definition: StreamDefinition<T>, mustRead = true) {
    const { fanOut, topic, audience, wants, queue } = definition;
    this.definition = definition;
    this.#mustRead = mustRead;
    this.#subscription = fanOut.subscribe({
      topic,
      audience,
      ...(wants && { wants }),
      queue,
      wake: () => this.#signal.raise(),
    });
  }

  /** Whether the present state must be read (again) before changes mean anything. */
  get isBehind(): boolean {
    return this.#mustRead;
  }

  /** Those that the present state, as this subscriber read it, does not contain; all of them: the same list. */
  newsIn(items: readonly StreamItem<T>[]): readonly StreamItem<T>[] {
    const since = this.#since;
    if (since === null) return items;
    const isNews = ({ transaction }: StreamItem<T>) =>
      transaction === null || !isVisibleIn(since, transaction);
    return items.every(isNews) ? items : items.filter(isNews);
  }

  /** Gives up the own queue: changes come from elsewhere from now on. */
  closeQueue(): void {
    this.#subscription.close();
  }

  /** Everything that is due, at least one row; null when the stream has ended. @throws what ended it */
  async nextBatch(): Promise<StreamItem<T>[] | null> {
    for (;;) {
      if (this.#end) {
        if (this.#end.error) throw this.#end.error;
        return null;
      }
      const items = this.#mustRead ? await this.#read() : this.takeNow();
      if (items.length > 0 && !this.#end) return items;
      if (!this.#end && !this.#mustRead) await this.#signal.raised();
    }
  }

  /** Present rows not handed out yet and changes that are due, without waiting. */
  takeNow(): StreamItem<T>[] {
    const { events, missed } = this.#subscription.take();
    if (missed) this.#mustRead = true;
    const changes = missed ? [] : this.#changed(events);
    const present = this.#present;
    this.#present = [];
    return [...present, ...changes].filter(({ row }) => this.definition.admit?.(row) ?? true);
  }

  async next(): Promise<IteratorResult<TopicRows[T], undefined>> {
    while (this.#batch.length === 0) {
      const batch = await this.nextBatch();
      if (!batch) return { done: true, value: undefined };
      this.#batch = batch.reverse();
    }
    const item = this.#batch.pop();
    return item ? { done: false, value: item.row } : { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<TopicRows[T], undefined>> {
    this.end(null);
    return { done: true, value: undefined };
  }

  /** Ends the stream, for its reader with that error. The first end counts. */
  end(error: Error | null): void {
    if (this.#end) return;
    this.#end = { error };
    this.#batch = [];
    this.#subscription.close();
    this.#signal.raise();
    for (const close of this.#closers) close();
  }

  /** Calls back once when the stream ends; at once if it has. */
  onEnd(callback: (error: Error | null) => void): void {
    const call = () => callback(this.#end?.error ?? null);
    if (this.#end) call();
    else this.#closers.push(call);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #read(): Promise<StreamItem<T>[]> {
    // Whatever waits was committed before this reading begins.
    this.#subscription.take();
    const state = await this.#tryToRead();
    if (!state) return [];
    const { rows, snapshot, more } = state;
    this.#since = snapshot;
    this.#mustRead = more;
    this.#present = rows.map((row) => ({ row, transaction: null }));
    return this.#end ? [] : this.takeNow();
  }

  /** Once it has begun, a stream outlasts the database being away for a while. */
  async #tryToRead(): Promise<PresentState<T> | null> {
    try {
      const state = await this.definition.read();
      this.#failures = 0;
      return state;
    } catch (error) {
      const away = error instanceof LockstepError && error.code === 'UNAVAILABLE';
      if (!away || this.#since === null || ++this.#failures > patience.attempts) {
        this.end(error instanceof Error ? error : new Error(errorText(error)));
      } else {
        await sleep(patience.milliseconds);
      }
      return null;
    }
  }

  #changed(events: readonly EventOf<T>[]): readonly StreamItem<T>[] {
    const items = events.flatMap((event) => {
      const { row, transaction } = event as { row: TopicRows[T] | null; transaction: number };
      return row === null ? [] : [{ row, transaction }];
    });
    return this.newsIn(items);
  }
}
