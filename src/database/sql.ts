/** The smallest thing that can run SQL: a transaction, a client or a pool. Who only needs to query asks for this. */
export interface Sql {
  /** Runs one parameterised statement and returns its rows. Failures are `LockstepError`s. */
  query<R = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<R[]>;
}
