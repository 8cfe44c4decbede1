import type { Core } from '../../core/core.ts';
import type { SigningKey } from '../../core/oauth/signing-key.ts';
import type { Settings } from '../../core/settings.ts';
import type { StatePart } from '../../core/state-part.ts';
import type { googleSettingsSchema } from '../settings.ts';

/** A push subscription of a topic. */
export interface Subscription {
  /** "projects/P/subscriptions/S" */
  readonly name: string;
  readonly topic: string;
  readonly endpoint: string;
  /** Audience of the OIDC token; null: pushes carry no token. */
  readonly audience: string | null;
  readonly serviceAccount: string;
}

export type PushState = 'held' | 'sending' | 'acknowledged' | 'failed' | 'dropped';

/** One message for one subscription. */
export interface Push {
  readonly messageId: string;
  readonly subscription: string;
  readonly publishTime: string;
  readonly emailAddress: string;
  readonly historyId: number;
  state: PushState;
  attempts: number;
  /** Status of the last answer; null: none came. */
  status: number | null;
}

/** Statuses that acknowledge a push. Source: cloud.google.com/pubsub/docs/push. */
const acknowledging = [102, 200, 201, 202, 204];
const kept = 1000;

/** Topics, push subscriptions, and the deliveries to them: at least once, in any order. */
export class PubSub implements StatePart {
  readonly name = 'google.pubsub';
  readonly #core: Core;
  readonly #key: SigningKey;
  readonly #settings: Settings<typeof googleSettingsSchema>;
  readonly #issuer: () => string;
  readonly #timers = new Set<NodeJS.Timeout>();
  #subscriptions = new Map<string, Subscription>();
  #pushes: Push[] = [];
  #number = 0;

  constructor(
    core: Core,
    key: SigningKey,
    settings: Settings<typeof googleSettingsSchema>,
    issuer: () => string,
  ) {
    this.#core = core;
    this.#key = key;
    this.#settings = settings;
    this.#issuer = issuer;
  }

  subscribe(subscription: Subscription): void {
    this.#subscriptions.set(subscription.name, subscription);
  }

  unsubscribe(name: string): boolean {
    return this.#subscriptions.delete(name);
  }

  subscriptions(): Subscription[] {
    return [...this.#subscriptions.values()];
  }

  pushes(): readonly Push[] {
    return this.#pushes;
  }

  /** A message for every subscription of the topic. */
  publish(topic: string, emailAddress: string, historyId: number): void {
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.topic !== topic) continue;
      const { pushCopies, pushDelivery } = this.#settings.current;
      this.#number += 1;
      const push: Push = {
        messageId: String(10_000_000_000_000 + this.#number),
        subscription: subscription.name,
        publishTime: new Date(this.#core.clock.now()).toISOString(),
        emailAddress,
        historyId,
        state: pushCopies === 0 ? 'dropped' : 'held',
        attempts: 0,
        status: null,
      };
      this.#pushes = [...this.#pushes.slice(1 - kept), push];
      if (pushDelivery === 'now') for (let copy = 0; copy < pushCopies; copy += 1) this.#send(push);
    }
  }

  /** Sends the pushes that wait, or the one named again; gives how many. */
  release(order: 'published' | 'reversed', messageId: string | null): number {
    const chosen = this.#pushes.filter((push) =>
      messageId === null ? push.state === 'held' : push.messageId === messageId,
    );
    if (order === 'reversed') chosen.reverse();
    for (const push of chosen) this.#send(push);
    return chosen.length;
  }

  clear(): void {
    this.close();
    this.load({ subscriptions: [], pushes: [], number: 0 });
  }

  /** Gives up deliveries that wait for another try. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  save(): unknown {
    return {
      subscriptions: this.subscriptions(),
      pushes: this.#pushes,
      number: this.#number,
    };
  }

  load(state: unknown): void {
    const saved = structuredClone(state) as {
      subscriptions: Subscription[];
      pushes: Push[];
      number: number;
    };
    this.#subscriptions = new Map(saved.subscriptions.map((one) => [one.name, one]));
    this.#pushes = saved.pushes;
    this.#number = saved.number;
  }

  #send(push: Push): void {
    const subscription = this.#subscriptions.get(push.subscription);
    if (subscription === undefined) return;
    push.state = 'sending';
    void this.#deliver(push, subscription)
      .catch(() => null)
      .then((status) => {
        push.attempts += 1;
        push.status = status;
        if (status !== null && acknowledging.includes(status)) push.state = 'acknowledged';
        else if (push.attempts >= this.#settings.current.pushAttempts) push.state = 'failed';
        else this.#sendLater(push);
      });
  }

  #sendLater(push: Push): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#send(push);
    }, this.#settings.current.pushRetryMs);
    timer.unref();
    this.#timers.add(timer);
  }

  async #deliver(push: Push, subscription: Subscription): Promise<number> {
    const data = { emailAddress: push.emailAddress, historyId: push.historyId };
    const { messageId, publishTime } = push;
    const message = {
      data: Buffer.from(JSON.stringify(data)).toString('base64'),
      messageId,
      message_id: messageId,
      publishTime,
      publish_time: publishTime,
    };
    const answer = await fetch(subscription.endpoint, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
      headers: { 'content-type': 'application/json', ...(await this.#authorization(subscription)) },
      body: JSON.stringify({ message, subscription: subscription.name }),
    });
    await answer.arrayBuffer();
    return answer.status;
  }

  async #authorization(subscription: Subscription): Promise<Record<string, string>> {
    const { audience, serviceAccount } = subscription;
    if (audience === null) return {};
    const now = this.#core.clock.seconds();
    const token = await this.#key.sign({
      iss: this.#issuer(),
      aud: audience,
      azp: '100000000000000000001',
      sub: '100000000000000000001',
      email: serviceAccount,
      email_verified: true,
      iat: now,
      exp: now + 3600,
    });
    return { authorization: `Bearer ${token}` };
  }
}
