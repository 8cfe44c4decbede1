import type { Topic, TopicRows } from '../../events/topics.ts';
import { LiveStream, type StreamItem } from './live-stream.ts';

/** Turns rows into what all followers are given, once for all of them. */
export type Render<T extends Topic, R> = (rows: readonly TopicRows[T][]) => Promise<R>;

/** One of those who follow the same changes. */
export interface Follower<T extends Topic, R> {
  /** Its own stream, which has read the present state and ends with the follower's rights. */
  readonly stream: LiveStream<T>;
  deliver(rendered: R): void;
}

/** Serves everyone whose streams show the same changes from one queue and one rendering. */
export class StreamGroups<R> {
  readonly #groups = new Map<string, Group<Topic, R>>();

  get size(): number {
    return this.#groups.size;
  }

  /**
   * Follows changes together with all others of that key, until the returned function is called.
   * @param key must contain the stream's `share` and everything that `render` depends on
   */
  follow<T extends Topic>(key: string, follower: Follower<T, R>, render: Render<T, R>): () => void {
    const known = this.#groups.get(key) as Group<T, R> | undefined;
    const group = known ?? new Group(follower, render);
    if (!known) {
      this.#groups.set(key, group as unknown as Group<Topic, R>);
      void group.run().finally(() => this.#forget(key, group));
    }
    group.followers.add(follower);
    return () => {
      group.followers.delete(follower);
      if (group.followers.size > 0) return;
      group.changes.end(null);
      this.#forget(key, group);
    };
  }

  #forget(key: string, group: object): void {
    if (this.#groups.get(key) === group) this.#groups.delete(key);
  }
}

class Group<T extends Topic, R> {
  readonly followers = new Set<Follower<T, R>>();
  readonly changes: LiveStream<T>;
  readonly #render: Render<T, R>;

  constructor({ stream }: Follower<T, R>, render: Render<T, R>) {
    this.#render = render;
    const read = () => this.#anyone(stream).definition.read();
    this.changes = new LiveStream({ ...stream.definition, read }, false);
  }

  async run(): Promise<void> {
    try {
      for (;;) {
        const batch = await this.changes.nextBatch();
        if (!batch) return;
        await this.#deliver(batch);
      }
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      for (const { stream } of [...this.followers]) stream.end(reason);
      this.changes.end(null);
    }
  }

  async #deliver(batch: readonly StreamItem<T>[]): Promise<void> {
    const whole = await this.#render(batch.map(({ row }) => row));
    for (const follower of this.followers) {
      const news = follower.stream.newsIn(batch);
      if (news === batch) follower.deliver(whole);
      else if (news.length > 0) await this.#deliverTo(follower, news);
    }
  }

  async #deliverTo(follower: Follower<T, R>, news: readonly StreamItem<T>[]): Promise<void> {
    const rendered = await this.#render(news.map(({ row }) => row));
    if (this.followers.has(follower)) follower.deliver(rendered);
  }

  /** Whose rights are used to read again: somebody who is still here, not the first one for ever. */
  #anyone(otherwise: LiveStream<T>): LiveStream<T> {
    const [follower] = this.followers;
    return follower?.stream ?? otherwise;
  }
}
