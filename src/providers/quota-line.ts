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
/** While no quota is known, this much is remembered for the one that may come. */
const unlimited: QuotaRate = { units: 0, spanSeconds: 60 };
/** At the start, and after a pause, this share of the quota may go out at once; the rest is paced. */
const burstShare = 0.2;

/**
 * Keeps calls within a provider's quota: never more than `units` in any span of time, handed out
 * first come, first served, and spread over the span, so that a run does not stand still for most of
 * it. Exact because it remembers what was sent when, where a bucket alone may let through twice the
 * quota around the end of a minute.
 */
export class QuotaLine {
  #rate: QuotaRate | null;
  readonly #now: () => number;
  #entries: Entry[] = [];
  #last: Promise<unknown> = Promise.resolve();
  /** Paces: units that may go at once, and when they were last counted. */
  #burst: number;
  #countedAt: number;

  /**
   * @param rate null: without a limit, until one is known
   * @param now milliseconds on a clock that is never set back
   */
  constructor(rate: QuotaRate | null, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
    this.#burst = rate ? rate.units * burstShare : 0;
    this.#countedAt = now();
  }

  /** Another quota from now on; what was sent lately counts towards it. */
  adopt(rate: QuotaRate | null): void {
    const isSame =
      rate?.units === this.#rate?.units && rate?.spanSeconds === this.#rate?.spanSeconds;
    if (isSame) return;
    this.#rate = rate;
    this.#countedAt = this.#now();
    const spent = this.#entries.reduce((sum, one) => sum + one.units, 0);
    this.#burst = rate ? rate.units * burstShare - spent : 0;
  }

  /** Waits for its turn and for the units. One call larger than the quota gets all of it. */
  reserve(units: number, signal?: AbortSignal): Promise<QuotaTicket> {
    const turn = this.#last.then(() => this.#take(units, signal));
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
        this.#burst += units;
      },
    };
  }

  /** Milliseconds until so many units may be free; 0 when they are. */
  waitFor(wanted: number): number {
    const now = this.#now();
    const span = spanMilliseconds(this.#rate ?? unlimited);
    this.#entries = this.#entries.filter(({ sentAt }) => sentAt > now - span);
    if (this.#rate === null) return 0;
    const most = this.#rate.units * burstShare;
    const perMillisecond = this.#rate.units / span;
    this.#burst = Math.min(most, this.#burst + (now - this.#countedAt) * perMillisecond);
    this.#countedAt = now;
    const units = Math.min(wanted, this.#rate.units);
    // A call larger than the burst goes when the burst is full, and leaves a debt.
    const pace = (Math.min(units, most) - this.#burst) / perMillisecond;
    return Math.max(0, pace, this.#untilFree(units, now, this.#rate));
  }

  #untilFree(units: number, now: number, rate: QuotaRate): number {
    let excess = this.#entries.reduce((sum, one) => sum + one.units, units) - rate.units;
    if (excess <= 0) return 0;
    for (const { units: freed, sentAt } of this.#entries.toSorted((a, b) => a.sentAt - b.sentAt)) {
      excess -= freed;
      if (excess <= 0 && Number.isFinite(sentAt)) return sentAt + spanMilliseconds(rate) - now;
    }
    // Calls that have not left yet hold the units.
    return 20;
  }
}

function spanMilliseconds({ spanSeconds }: QuotaRate): number {
  return spanSeconds * 1000 + travelMilliseconds;
}
