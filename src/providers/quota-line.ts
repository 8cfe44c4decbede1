import { sleep } from '../lib/sleep.ts';

export interface QuotaRate {
  /** Most units within any span of `spanSeconds`. */
  readonly units: number;
  readonly spanSeconds: number;
}

/** Units that were granted to one call; they count until the call is over a span ago. */
export interface QuotaTicket {
  /** Call right before the request leaves: the span counts from now on. */
  sent(): void;
  /** The request never left: its units are free again. */
  giveBack(): void;
}

interface Entry {
  readonly units: number;
  /** Infinity until the request leaves. */
  sentAt: number;
}

/** A request needs a moment to arrive, so the provider's span may hold a little more than ours. */
const travelMilliseconds = 500;
/** At the start, and after a pause, this share of the quota may go out at once; the rest is paced. */
const burstShare = 0.2;

/**
 * Keeps calls within a provider's quota: never more than `units` in any span of time, handed out
 * first come, first served, and spread over the span, so that a run does not stand still for most of
 * it. Exact because it remembers what was sent when, where a bucket alone may let through twice the
 * quota around the end of a minute.
 */
export class QuotaLine {
  readonly #rate: QuotaRate;
  readonly #now: () => number;
  readonly #spanMilliseconds: number;
  #entries: Entry[] = [];
  #last: Promise<unknown> = Promise.resolve();
  /** Paces: units that may go at once, and when they were last counted. */
  #burst: number;
  #countedAt: number;

  /** @param now milliseconds on a clock that is never set back */
  constructor(rate: QuotaRate, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
    this.#spanMilliseconds = rate.spanSeconds * 1000 + travelMilliseconds;
    this.#burst = this.#most;
    this.#countedAt = now();
  }

  /** Waits for its turn and for the units. One call larger than the quota gets all of it. */
  reserve(units: number, signal?: AbortSignal): Promise<QuotaTicket> {
    const turn = this.#last.then(() => this.#take(Math.min(units, this.#rate.units), signal));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #take(units: number, signal: AbortSignal | undefined): Promise<QuotaTicket> {
    for (let wait = this.waitFor(units); wait > 0; wait = this.waitFor(units)) {
      await sleep(Math.ceil(wait), signal).catch((error) => {
        signal?.throwIfAborted();
        throw error;
      });
    }
    signal?.throwIfAborted();
    this.#burst -= units;
    const entry: Entry = { units, sentAt: Number.POSITIVE_INFINITY };
    this.#entries.push(entry);
    return {
      sent: () => {
        entry.sentAt = this.#now();
      },
      giveBack: () => {
        this.#entries = this.#entries.filter((one) => one !== entry);
        this.#burst = Math.min(this.#most, this.#burst + units);
      },
    };
  }

  /** Milliseconds until so many units may be free; 0 when they are. */
  waitFor(units: number): number {
    const now = this.#now();
    this.#entries = this.#entries.filter(({ sentAt }) => sentAt > now - this.#spanMilliseconds);
    const perMillisecond = this.#rate.units / this.#spanMilliseconds;
    this.#burst = Math.min(
      this.#most,
      this.#burst + Math.max(0, now - this.#countedAt) * perMillisecond,
    );
    this.#countedAt = now;
    // A call larger than the burst goes when the burst is full, and leaves a debt.
    const pace = (Math.min(units, this.#most) - this.#burst) / perMillisecond;
    return Math.max(0, pace, this.#untilFree(units, now));
  }

  #untilFree(units: number, now: number): number {
    let excess = this.#entries.reduce((sum, one) => sum + one.units, units) - this.#rate.units;
    if (excess <= 0) return 0;
    for (const { units: freed, sentAt } of this.#entries.toSorted((a, b) => a.sentAt - b.sentAt)) {
      excess -= freed;
      if (excess <= 0 && Number.isFinite(sentAt)) return sentAt + this.#spanMilliseconds - now;
    }
    // Calls that have not left yet hold the units.
    return 20;
  }

  get #most(): number {
    return this.#rate.units * burstShare;
  }
}
