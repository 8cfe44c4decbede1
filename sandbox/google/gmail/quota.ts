import type { Clock } from '../../core/clock.ts';
import { GoogleError } from '../google-error.ts';
import { type GoogleSettings, type Quota, unitTables } from '../settings.ts';

const minuteMs = 60_000;

/** Units spent in the running minute. */
interface Meter {
  spent: number;
  readonly entries: { readonly atMs: number; readonly units: number }[];
}

/** Quota units per minute, per user and project and per project, and requests at one time. */
export class QuotaGate {
  readonly #clock: Clock;
  readonly #meters = new Map<string, Meter>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one call, or refuses it; what is refused costs nothing. */
  check(
    call: {
      readonly method: string;
      readonly sub: string;
      readonly project: string;
      readonly concurrent: number;
    },
    settings: GoogleSettings,
  ): void {
    if (settings.concurrency !== null && call.concurrent > settings.concurrency)
      throw tooManyConcurrent();
    const { quota } = settings;
    if (quota === null) return;
    const units = unitsOf(quota, call.method);
    const user = this.#meter(`${call.project} ${call.sub}`, quota);
    const project = this.#meter(call.project, quota);
    const overUser = quota.perUser !== null && user.spent + units > quota.perUser;
    const overProject = quota.perProject !== null && project.spent + units > quota.perProject;
    if (overUser || overProject)
      throw this.#refusal(quota, overUser ? user : project, overUser, call.project);
    const atMs = this.#clock.now();
    for (const meter of [user, project]) {
      meter.spent += units;
      meter.entries.push({ atMs, units });
    }
  }

  /** Units spent in the running minute, by user and project. */
  spent(sub: string, project: string, quota: Quota): number {
    return this.#meter(`${project} ${sub}`, quota).spent;
  }

  clear(): void {
    this.#meters.clear();
  }

  #meter(key: string, quota: Quota): Meter {
    const meter = this.#meters.get(key) ?? { spent: 0, entries: [] };
    this.#meters.set(key, meter);
    const now = this.#clock.now();
    const since = quota.window === 'fixed' ? now - (now % minuteMs) : now - minuteMs + 1;
    let gone = 0;
    for (const entry of meter.entries) {
      if (entry.atMs >= since) break;
      meter.spent -= entry.units;
      gone += 1;
    }
    if (gone > 0) meter.entries.splice(0, gone);
    return meter;
  }

  #refusal(quota: Quota, meter: Meter, byUser: boolean, project: string): GoogleError {
    const now = this.#clock.now();
    const first = meter.entries[0]?.atMs ?? now;
    const freeAt = quota.window === 'fixed' ? now - (now % minuteMs) + minuteMs : first + minuteMs;
    switch (quota.answer) {
      case '403':
        return new GoogleError(
          403,
          'rateLimitExceeded',
          `Quota exceeded for quota metric 'Queries' and limit 'Queries per minute${byUser ? ' per user' : ''}' of service 'gmail.googleapis.com' for consumer 'project_number:${project}'.`,
          { domain: 'usageLimits' },
        );
      case '429':
        return new GoogleError(
          429,
          'rateLimitExceeded',
          'Resource has been exhausted (e.g. check quota).',
        );
      case '429-time':
        return new GoogleError(
          429,
          'rateLimitExceeded',
          `User-rate limit exceeded.  Retry after ${new Date(freeAt).toISOString()}`,
        );
    }
  }
}

function unitsOf(quota: Quota, method: string): number {
  const table: Record<string, number> =
    typeof quota.units === 'string' ? unitTables[quota.units] : quota.units;
  return table[method] ?? 1;
}

export function tooManyConcurrent(): GoogleError {
  return new GoogleError(429, 'rateLimitExceeded', 'Too many concurrent requests for user');
}
