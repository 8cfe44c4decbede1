import type { Clock } from '../../core/clock.ts';
import type { Settings } from '../../core/settings.ts';
import type { StatePart } from '../../core/state-part.ts';
import type { Account } from '../directory.ts';
import { badArgument } from '../google-error.ts';
import type { googleSettingsSchema } from '../settings.ts';
import type { PubSub } from './pub-sub.ts';

export interface Watch {
  readonly sub: string;
  readonly clientId: string;
  readonly topic: string;
  readonly labelIds: readonly string[];
  readonly behavior: 'include' | 'exclude';
  readonly expiresAtMs: number;
  /** When the last push was published: more than one a second is dropped. */
  publishedAtMs: number;
}

const watchMs = 7 * 86_400_000;

/** Who wants to be told about which mailbox: one watch per user and project. */
export class Watches implements StatePart {
  readonly name = 'google.watches';
  readonly #clock: Clock;
  readonly #settings: Settings<typeof googleSettingsSchema>;
  readonly #pubSub: PubSub;
  #watches: Watch[] = [];

  constructor(clock: Clock, settings: Settings<typeof googleSettingsSchema>, pubSub: PubSub) {
    this.#clock = clock;
    this.#settings = settings;
    this.#pubSub = pubSub;
  }

  /** Begins or renews a watch, and publishes at once; gives its end in milliseconds. */
  start(
    account: Account,
    wanted: Pick<Watch, 'clientId' | 'topic' | 'labelIds' | 'behavior'>,
    historyId: number,
  ): number {
    const found = this.#of(account.sub, wanted.clientId);
    if (found !== undefined && found.topic !== wanted.topic)
      throw badArgument(
        'Only one user push notification client allowed per developer (call /stop then try again)',
      );
    this.stop(account.sub, wanted.clientId);
    const now = this.#clock.now();
    const watch = { ...wanted, sub: account.sub, expiresAtMs: now + watchMs, publishedAtMs: now };
    this.#watches.push(watch);
    this.#pubSub.publish(watch.topic, account.email, historyId);
    return watch.expiresAtMs;
  }

  stop(sub: string, clientId: string): void {
    this.#watches = this.#watches.filter((one) => one.sub !== sub || one.clientId !== clientId);
  }

  /** Publishes a change to those whose labels it concerns. */
  changed(account: Account, historyId: number, labels: readonly string[]): void {
    const now = this.#clock.now();
    for (const watch of this.#watches) {
      if (watch.sub !== account.sub || watch.expiresAtMs <= now) continue;
      const named = labels.some((label) => watch.labelIds.includes(label));
      const wanted = watch.labelIds.length === 0 || (watch.behavior === 'include' ? named : !named);
      const tooSoon = this.#settings.current.pushRateLimit && now - watch.publishedAtMs < 1000;
      if (!wanted || tooSoon) continue;
      watch.publishedAtMs = now;
      this.#pubSub.publish(watch.topic, account.email, historyId);
    }
  }

  list(): readonly Watch[] {
    return this.#watches;
  }

  #of(sub: string, clientId: string): Watch | undefined {
    const now = this.#clock.now();
    return this.#watches.find(
      (one) => one.sub === sub && one.clientId === clientId && one.expiresAtMs > now,
    );
  }

  save(): unknown {
    return this.#watches;
  }

  load(state: unknown): void {
    this.#watches = structuredClone(state) as Watch[];
  }
}
