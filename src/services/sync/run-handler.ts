import type { CompanyDatabase } from '../../database/company.ts';
import type { Sql } from '../../database/sql.ts';
import type { FailureCode } from '../../providers/errors.ts';
import type { Run } from './run.ts';
import type { RunOutcome } from './state.ts';
import type { SyncAction, SyncType } from './sync-types.ts';

/** One page of work: what it adds to the counters and where the next attempt goes on. */
export interface Page<C> {
  readonly checkpoint: C;
  /** Items dealt with since the last page, failed ones included. Never negative. */
  readonly processed: number;
  /** How many of those were set aside. */
  readonly failed?: number;
  /** All items as far as known now; may grow or shrink, but never below what is processed. */
  readonly total?: number;
  readonly phase?: string;
  /** A sentence for the activity log; no private text. */
  readonly message?: string;
}

/** An item that could not be synchronised, without any private text. */
export interface FailedItem {
  /** The provider's id, unique within the run. */
  readonly itemKey: string;
  readonly code: FailureCode;
  readonly message: string;
}

/** Everything a handler may do with its run. */
export interface RunContext<C> {
  /** The run as it was when this attempt claimed it. */
  readonly run: Run;
  /** What the last committed page left; null at the start and after a restart. */
  readonly checkpoint: C | null;
  /** Aborted when the attempt must stop at once: pause, cancel, lost lease, shutdown. */
  readonly signal: AbortSignal;
  readonly database: CompanyDatabase;
  /**
   * Commits the page in ONE transaction: fence and request check under the run's row lock, `write`,
   * checkpoint, counters. Do the slow work (provider calls, parsing) before.
   * @throws RunStopped when the run was paused or cancelled, its lease is lost or the worker stops:
   *   let it pass through
   */
  commitPage(page: Page<C>, write: (tx: Sql) => Promise<void>): Promise<void>;
  /** Records an item that fails alone; call it inside `commitPage`'s `write`. */
  setAside(tx: Sql, item: FailedItem): Promise<void>;
  /** Writes to the activity log. A fault in it never fails the run. */
  log(action: SyncAction, message: string, details?: Record<string, unknown>): Promise<void>;
  /** Shows that the run waits for the provider; the next committed page ends the wait. */
  waiting(reason: string, until: Date): Promise<void>;
}

/** The work of one kind of run. */
export interface RunHandler<C> {
  readonly kind: SyncType;
  /** Whether `execute` honours `RetriedItems` in the run's input. */
  readonly retriesItems?: boolean;
  /** Works from the checkpoint to the end; resolves when nothing is left to do. */
  execute(context: RunContext<C>): Promise<void>;
  /**
   * The checkpoint to go on from after the policy's restart of a lost cursor. Absent: the run starts
   * from nothing again, with its counters at zero; its writes must be idempotent either way.
   */
  restart?(checkpoint: C): C | null;
  /** Runs in the transaction that ends the run, wherever that happens (worker, API or reaper). */
  onFinished?(tx: Sql, run: Run, outcome: RunOutcome): Promise<void>;
  /** Runs in the transaction that queues a failed run again; throws to refuse. */
  onRetry?(tx: Sql, run: Run): Promise<void>;
}

/** The handlers of a process by kind, made in the composition root. */
export type RunHandlers = ReadonlyMap<SyncType, RunHandler<unknown>>;

export const stopReasons = ['paused', 'cancelled', 'lease_lost', 'shutdown', 'slice_over'] as const;
export type StopReason = (typeof stopReasons)[number];

/** Ends an attempt without being a failure of the run. Handlers let it pass. */
export class RunStopped extends Error {
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(`the run stops here: ${reason}`);
    this.name = 'RunStopped';
    this.reason = reason;
  }
}

/** Indexes handlers by kind; two for one kind is a mistake in the wiring. */
export function runHandlers(handlers: readonly RunHandler<unknown>[]): RunHandlers {
  const byKind = new Map(handlers.map((handler) => [handler.kind, handler]));
  if (byKind.size !== handlers.length) throw new Error('two handlers for one kind of run');
  return byKind;
}
