import { LRUCache } from 'lru-cache';
import { QuotaLine, type QuotaTicket } from '../quota-line.ts';
import { type GmailCall, type GmailQuota, gmailQuotas } from './quota.ts';

/**
 * The quotas of this installation at Gmail: one line per account and one for the whole project, shared
 * by all calls of the process. Google itself announces nothing, so its published figures hold from
 * the start; an address that stands for Google has the quota it announces, and none until then.
 */
export class GmailQuotas {
  #table: GmailQuota | null;
  readonly #project: QuotaLine;
  readonly #accounts = new LRUCache<string, QuotaLine>({ max: 10_000 });
  #announced: string | null = null;

  /** @param table null: whatever is announced */
  constructor(table: GmailQuota | null) {
    this.#table = table;
    this.#project = new QuotaLine(table && perMinute(table.unitsPerProjectMinute));
  }

  /** Waits until the account and the project have the units of so many calls. */
  async reserve(
    accountKey: string,
    call: GmailCall,
    count: number,
    signal: AbortSignal | undefined,
  ): Promise<QuotaTicket[]> {
    const units = count * (this.#table ?? gmailQuotas.since2026).cost[call];
    const own = await this.#account(accountKey).reserve(units, signal);
    try {
      return [own, await this.#project.reserve(units, signal)];
    } catch (error) {
      own.giveBack();
      throw error;
    }
  }

  /**
   * Takes note of an announced quota: `RateLimit-Policy: "since2026";q=6000;w=60`, the name being that
   * of a table of units (draft-ietf-httpapi-ratelimit-headers). Answers without one change nothing.
   */
  learn(policy: string | null): void {
    if (policy === null || policy === this.#announced) return;
    const [, name, quota] = /^"(\w+)";\s*q=(\d{1,12});\s*w=60$/.exec(policy) ?? [];
    if (name === undefined || !Number(quota)) return;
    this.#announced = policy;
    const known = name === 'before2026' ? gmailQuotas.before2026 : gmailQuotas.since2026;
    this.#table = { ...known, unitsPerUserMinute: Number(quota) };
    this.#project.adopt(perMinute(known.unitsPerProjectMinute));
    for (const line of this.#accounts.values()) line.adopt(perMinute(Number(quota)));
  }

  #account(key: string): QuotaLine {
    const known = this.#accounts.get(key);
    if (known) return known;
    const line = new QuotaLine(this.#table && perMinute(this.#table.unitsPerUserMinute));
    this.#accounts.set(key, line);
    return line;
  }
}

function perMinute(units: number) {
  return { units, spanSeconds: 60 };
}
