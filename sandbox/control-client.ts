import type { FaultRuleInput } from './core/fault-rule.ts';
import type { ListedFault } from './core/faults.ts';
import type { Counter, LogEntry } from './core/request-log.ts';
import type { CoreSettings } from './core/settings.ts';
import type { Violation } from './core/violations.ts';
import { GoogleControl } from './google/control/google-control.ts';
import { MicrosoftControl } from './microsoft/control/microsoft-control.ts';

export interface ClockAnswer {
  readonly now: string;
  readonly offsetMs: number;
  readonly frozenAtMs: number | null;
  readonly rate: number;
}

/** The control interface from TypeScript; works across processes. */
export class ControlClient {
  readonly google: GoogleControl;
  readonly microsoft: MicrosoftControl;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
    this.google = new GoogleControl(url, (method, path, body) =>
      this.#send(method, `/google${path}`, body),
    );
    this.microsoft = new MicrosoftControl(url, (method, path, body) =>
      this.#send(method, `/microsoft${path}`, body),
    );
  }

  snapshot(): Promise<unknown> {
    return this.#send('GET', '/state');
  }

  restore(snapshot: unknown): Promise<void> {
    return this.#send('PUT', '/state', snapshot);
  }

  /** Back to the seed, with the clock at real time. */
  reset(): Promise<void> {
    return this.#send('POST', '/reset', {});
  }

  readonly clock = {
    get: (): Promise<ClockAnswer> => this.#send('GET', '/clock'),
    advance: (step: { ms?: number; seconds?: number }): Promise<ClockAnswer> =>
      this.#send('POST', '/clock/advance', step),
    set: (at: Date): Promise<ClockAnswer> =>
      this.#send('POST', '/clock/set', { at: at.toISOString() }),
    /** Time passes this many times as fast. */
    scale: (rate: number): Promise<ClockAnswer> => this.#send('POST', '/clock/rate', { rate }),
    freeze: (): Promise<ClockAnswer> => this.#send('POST', '/clock/freeze', {}),
    unfreeze: (): Promise<ClockAnswer> => this.#send('POST', '/clock/unfreeze', {}),
  };

  readonly faults = {
    add: async (rule: FaultRuleInput): Promise<string> =>
      (await this.#send<{ id: string }>('POST', '/faults', rule)).id,
    list: async (): Promise<ListedFault[]> =>
      (await this.#send<{ faults: ListedFault[] }>('GET', '/faults')).faults,
    clear: (id?: string): Promise<{ removed: number }> =>
      this.#send('DELETE', id === undefined ? '/faults' : `/faults/${encodeURIComponent(id)}`),
  };

  readonly requests = {
    read: async (
      filter: { user?: string; path?: string; limit?: number } = {},
    ): Promise<LogEntry[]> => {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(filter)) query.set(name, String(value));
      return (await this.#send<{ requests: LogEntry[] }>('GET', `/requests?${query}`)).requests;
    },
    counters: (): Promise<{
      total: number;
      counters: Counter[];
      peakConcurrency: Record<string, number>;
    }> => this.#send('GET', '/requests/counters'),
    clear: (): Promise<void> => this.#send('DELETE', '/requests'),
  };

  readonly violations = {
    list: async (): Promise<Violation[]> =>
      (await this.#send<{ violations: Violation[] }>('GET', '/violations')).violations,
    clear: (): Promise<void> => this.#send('DELETE', '/violations'),
  };

  readonly settings = {
    get: (): Promise<CoreSettings> => this.#send('GET', '/settings'),
    change: (part: Partial<CoreSettings>): Promise<CoreSettings> =>
      this.#send('PATCH', '/settings', part),
  };

  async #send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.#url}/_sandbox${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
    throw new Error(
      `The sandbox answered ${answer.status} to ${method} ${path}: ${messageOf(text)}`,
    );
  }
}

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { error: { message: string } }).error.message;
  } catch {
    return text;
  }
}
