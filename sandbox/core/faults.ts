import type { FaultAction, FaultRule } from './fault-rule.ts';
import type { Random } from './random.ts';
import type { StatePart } from './state-part.ts';

export interface FaultSubject {
  readonly vendor: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly user: string | null;
}

export interface ListedFault {
  readonly id: string;
  readonly rule: FaultRule;
  /** Requests the rule's match has seen. */
  readonly seen: number;
  /** Requests the rule has spoilt. */
  readonly hits: number;
}

export interface FiredFault {
  readonly id: string;
  readonly action: FaultAction;
}

interface Armed {
  id: string;
  rule: FaultRule;
  seen: number;
  hits: number;
}

/** The script of faults. */
export class Faults implements StatePart {
  readonly name = 'faults';
  readonly #random: Random;
  #armed: Armed[] = [];
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  add(rule: FaultRule): string {
    this.#count += 1;
    const id = rule.id ?? `fault-${this.#count}`;
    this.#armed = [
      ...this.#armed.filter((armed) => armed.id !== id),
      { id, rule, seen: 0, hits: 0 },
    ];
    return id;
  }

  list(): ListedFault[] {
    return this.#armed.map((armed) => ({ ...armed }));
  }

  /** Removes one rule, or all. */
  clear(id?: string): number {
    const before = this.#armed.length;
    this.#armed = id === undefined ? [] : this.#armed.filter((armed) => armed.id !== id);
    return before - this.#armed.length;
  }

  /** The fault that this request meets; counts it. */
  fire(subject: FaultSubject): FiredFault | null {
    for (const armed of this.#armed) {
      if (!matches(armed.rule, subject)) continue;
      armed.seen += 1;
      if (armed.seen <= armed.rule.after) continue;
      if (armed.rule.times !== undefined && armed.hits >= armed.rule.times) continue;
      if (armed.rule.probability !== undefined && this.#random.next() >= armed.rule.probability)
        continue;
      armed.hits += 1;
      return { id: armed.id, action: armed.rule.action };
    }
    return null;
  }

  save(): unknown {
    return { count: this.#count, armed: this.#armed };
  }

  load(state: unknown): void {
    const saved = state as { count: number; armed: Armed[] };
    this.#count = saved.count;
    this.#armed = saved.armed.map((armed) => ({ ...armed }));
  }
}

function matches(rule: FaultRule, subject: FaultSubject): boolean {
  const { vendor, method, path, query, user } = rule.match;
  return (
    (vendor === undefined || vendor === subject.vendor) &&
    (method === undefined || method === subject.method) &&
    (user === undefined || user === subject.user) &&
    (path === undefined || new RegExp(path).test(subject.path)) &&
    (query === undefined || new RegExp(query).test(subject.query))
  );
}
