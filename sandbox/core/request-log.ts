/** Private parameters never reach the log, whatever spelling the client chose. */
const secretParameters = new Set([
  'code',
  'access_token',
  'refresh_token',
  'id_token',
  'client_secret',
  'code_verifier',
  'state',
  'nonce',
]);

export type Outcome = 'answered' | 'reset' | 'lost' | 'truncated';

export interface LogEntry {
  readonly number: number;
  /** Sandbox time, ISO 8601. */
  readonly at: string;
  readonly vendor: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** The path with ids replaced, for counting. */
  readonly endpoint: string;
  readonly user: string | null;
  readonly status: number;
  readonly outcome: Outcome;
  readonly requestBytes: number;
  readonly durationMs: number;
  readonly requestId: string;
  readonly fault: string | null;
  readonly prefer: string | null;
  readonly batched: boolean;
}

export interface Counter {
  readonly user: string | null;
  readonly endpoint: string;
  readonly requests: number;
  readonly statuses: Record<string, number>;
}

/** Ring buffer of requests, with counters that are not limited by the ring. */
export class RequestLog {
  readonly #capacity: number;
  #entries: LogEntry[] = [];
  #counters = new Map<
    string,
    { user: string | null; endpoint: string; requests: number; statuses: Map<number, number> }
  >();
  #inFlight = new Map<string, number>();
  #peak = new Map<string, number>();
  #number = 0;

  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  nextNumber(): number {
    this.#number += 1;
    return this.#number;
  }

  enter(user: string): number {
    const now = (this.#inFlight.get(user) ?? 0) + 1;
    this.#inFlight.set(user, now);
    this.#peak.set(user, Math.max(now, this.#peak.get(user) ?? 0));
    return now;
  }

  leave(user: string): void {
    this.#inFlight.set(user, (this.#inFlight.get(user) ?? 1) - 1);
  }

  record(entry: LogEntry): void {
    this.#entries.push(entry);
    // Trimmed in steps, so that a full ring does not cost a copy per request.
    if (this.#entries.length >= this.#capacity * 1.25)
      this.#entries = this.#entries.slice(-this.#capacity);
    const key = `${entry.user ?? ''} ${entry.method} ${entry.endpoint}`;
    const counter = this.#counters.get(key) ?? {
      user: entry.user,
      endpoint: `${entry.method} ${entry.endpoint}`,
      requests: 0,
      statuses: new Map<number, number>(),
    };
    counter.requests += 1;
    counter.statuses.set(entry.status, (counter.statuses.get(entry.status) ?? 0) + 1);
    this.#counters.set(key, counter);
  }

  read(filter: {
    user?: string | undefined;
    path?: RegExp | undefined;
    limit?: number | undefined;
  }): LogEntry[] {
    const found = this.#entries
      .slice(-this.#capacity)
      .filter(
        (entry) =>
          (filter.user === undefined || entry.user === filter.user) &&
          (filter.path === undefined || filter.path.test(entry.path)),
      );
    return filter.limit === undefined ? found : found.slice(-filter.limit);
  }

  counters(): { total: number; counters: Counter[]; peakConcurrency: Record<string, number> } {
    const counters = [...this.#counters.values()].map((counter) => ({
      ...counter,
      statuses: Object.fromEntries(counter.statuses),
    }));
    return {
      total: counters.reduce((sum, counter) => sum + counter.requests, 0),
      counters,
      peakConcurrency: Object.fromEntries(this.#peak),
    };
  }

  clear(): void {
    this.#entries = [];
    this.#counters.clear();
    this.#peak.clear();
  }
}

/** The query as received, with the values of private parameters replaced. */
export function redactQuery(query: string): string {
  return query.replaceAll(/([^?&=]+)=([^&]*)/g, (pair, name: string) =>
    secretParameters.has(name.toLowerCase()) ? `${name}=[redacted]` : pair,
  );
}
