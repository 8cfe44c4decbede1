import type { ExecutionResult } from 'graphql';

/** A source of execution results as the protocol library reads it: `return` ends a waiting `next` too. */
export interface ResultIterator extends AsyncGenerator<ExecutionResult, undefined> {}

/** Where results come from. */
export interface ResultSource {
  /** The next result; null at the end. Rejects with what ended the operation. */
  next(): Promise<ExecutionResult | null>;
  /** The client has gone or wants no more. */
  stop(): void;
}

/**
 * The source as an async generator. A generator function would not do: its `return` waits for the
 * `next` under way, which on a quiet subscription may take for ever.
 */
export function resultIterator(source: ResultSource): ResultIterator {
  const done = { done: true, value: undefined } as const;
  const iterator: ResultIterator = {
    async next() {
      const value = await source.next();
      return value === null ? done : { done: false, value };
    },
    async return() {
      source.stop();
      return done;
    },
    async throw(error) {
      source.stop();
      throw error;
    },
    async [Symbol.asyncDispose]() {
      source.stop();
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
