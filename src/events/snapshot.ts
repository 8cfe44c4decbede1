/**
 * Which transactions a statement saw: PostgreSQL's `pg_current_snapshot()`. Comparing transactions
 * with it says exactly whether a change is part of what was read, which no sequence number can:
 * sequences are drawn before commits, and commits happen in another order.
 */
export interface Snapshot {
  /** Every transaction below this one had ended. */
  readonly xmin: number;
  /** No transaction from this one on had started to be visible. */
  readonly xmax: number;
  /** Those in between that were still running. */
  readonly running: ReadonlySet<number>;
}

/** Reads `xmin:xmax:xip,xip`. Numbers stay exact to 2^53 transactions, 28 years at ten million a second. */
export function parseSnapshot(text: string): Snapshot {
  const [xmin, xmax, running] = text.split(':');
  return {
    xmin: Number(xmin),
    xmax: Number(xmax),
    running: new Set(running ? running.split(',').map(Number) : []),
  };
}

/** Whether what that transaction wrote is part of what was read under the snapshot. */
export function isVisibleIn(snapshot: Snapshot, transaction: number): boolean {
  if (transaction < snapshot.xmin) return true;
  return transaction < snapshot.xmax && !snapshot.running.has(transaction);
}
